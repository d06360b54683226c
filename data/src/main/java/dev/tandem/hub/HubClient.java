package dev.tandem.hub;

import dev.tandem.UserException;
import dev.tandem.http.TransientFailure;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Requests to a hub. Redirects are followed here and not by the JDK's client, so that the token is sent to the endpoint
 * alone, and an encrypted connection never redirects to an unencrypted one.
 */
final class HubClient {
    private static final int MAX_REDIRECTS = 8;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    private final HubSettings settings;
    private final HttpClient http;

    HubClient(HubSettings settings) {
        this.settings = settings;
        this.http = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(20))
                .proxy(settings.proxies())
                .build();
    }

    /**
     * What the hub reports about a file.
     *
     * @param etag identifies the content; for large files it is the SHA-256
     * @param size bytes
     */
    record Head(String etag, long size) {}

    /** Where the API describes a repository. */
    URI description(HubAddress address) {
        return URI.create(settings.endpoint() + "/api/" + address.kind().plural() + "/" + address.id() + "/revision/"
                + encoded(address.revision(), true) + "?blobs=true");
    }

    /** Where a file of a commit is. */
    URI file(HubAddress address, String commit, String file) {
        var prefix = address.kind() == HubAddress.Kind.DATASET ? "/datasets/" : "/";
        return URI.create(
                settings.endpoint() + prefix + address.id() + "/resolve/" + commit + "/" + encoded(file, false));
    }

    private static String encoded(String path, boolean slashes) {
        return Arrays.stream(path.split("/", -1))
                .map(part ->
                        java.net.URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20"))
                .collect(Collectors.joining(slashes ? "%2F" : "/"));
    }

    /** The content of a file or of an API answer from byte {@code from} on; the caller closes it. */
    HttpResponse<InputStream> get(HubAddress address, URI uri, long from) throws IOException {
        var at = uri;
        for (var hop = 0; hop <= MAX_REDIRECTS; hop++) {
            var answer = send("GET", at, from);
            if (!REDIRECTS.contains(answer.statusCode())) {
                return checked(address, answer);
            }
            answer.body().close();
            at = target(at, answer);
        }
        throw new UserException(address + ": " + uri + " is redirected without end.");
    }

    /**
     * What the hub reports about a file; storage that it redirects to is asked only for what the hub does not report.
     */
    Head head(HubAddress address, URI uri) throws IOException {
        var at = uri;
        for (var hop = 0; hop <= MAX_REDIRECTS; hop++) {
            var answer = send("HEAD", at, 0);
            answer.body().close();
            var redirect = REDIRECTS.contains(answer.statusCode());
            var linked = answer.headers().firstValue("x-linked-etag");
            if (!redirect) {
                checked(address, answer);
            }
            if (!redirect || (linked.isPresent() && isEndpoint(at))) {
                return head(address, uri, answer);
            }
            at = target(at, answer);
        }
        throw new UserException(address + ": " + uri + " is redirected without end.");
    }

    private static Head head(HubAddress address, URI uri, HttpResponse<?> answer) {
        var headers = answer.headers();
        var etag = headers.firstValue("x-linked-etag")
                .or(() -> headers.firstValue("etag"))
                .map(e -> e.replaceFirst("^W/", "").replace("\"", ""))
                .filter(HubNames::isEtag);
        var size = headers.firstValue("x-linked-size")
                .or(() -> headers.firstValue("content-length"))
                .filter(s -> s.matches("[0-9]{1,16}"))
                .map(Long::parseLong);
        if (etag.isEmpty() || size.isEmpty()) {
            throw new UserException(address + ": the server does not say what " + uri
                    + " is (no ETag or length that can" + " be used). Is HF_ENDPOINT a hub?");
        }
        return new Head(etag.get(), size.get());
    }

    private HttpResponse<InputStream> send(String method, URI uri, long from) throws IOException {
        var request = HttpRequest.newBuilder(uri)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .timeout(settings.stall())
                .header("User-Agent", "tandem")
                .header("Accept-Encoding", "identity");
        if (from > 0) {
            request.header("Range", "bytes=" + from + "-");
        }
        settings.token().filter(t -> isEndpoint(uri)).ifPresent(t -> request.header("Authorization", "Bearer " + t));
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserException("Fetching " + uri.getPath() + " was stopped.", e);
        }
    }

    /** Whether scheme, host and port are the endpoint's: another port of the same host may belong to somebody else. */
    private boolean isEndpoint(URI uri) {
        var endpoint = settings.endpoint();
        return Objects.equals(uri.getScheme(), endpoint.getScheme())
                && Objects.equals(uri.getHost(), endpoint.getHost())
                && uri.getPort() == endpoint.getPort();
    }

    private static URI target(URI from, HttpResponse<?> answer) {
        var location = answer.headers().firstValue("location").orElse("");
        try {
            var to = from.resolve(location);
            var open = "http".equals(to.getScheme()) && !"https".equals(from.getScheme());
            if (to.getHost() != null && (open || "https".equals(to.getScheme()))) {
                return to;
            }
        } catch (IllegalArgumentException e) {
            throw new UserException(from.getHost() + " redirects to something that is not an address.", e);
        }
        throw new UserException(from.getHost()
                + " redirects to an address that is not followed: it is not encrypted, or" + " not on the web.");
    }

    private HttpResponse<InputStream> checked(HubAddress address, HttpResponse<InputStream> answer) throws IOException {
        var status = answer.statusCode();
        if (status == 200 || status == 206 || status == 416) {
            return answer;
        }
        answer.body().close();
        var passing = TransientFailure.of(answer);
        if (passing.isPresent()) {
            throw passing.get();
        }
        throw refused(address, answer);
    }

    private UserException refused(HubAddress address, HttpResponse<?> answer) {
        var status = answer.statusCode();
        var page =
                settings.endpoint() + (address.kind() == HubAddress.Kind.DATASET ? "/datasets/" : "/") + address.id();
        var code = answer.headers().firstValue("x-error-code").orElse("");
        if (!isEndpoint(answer.uri())) {
            return new UserException(
                    address + ": " + answer.uri().getHost() + ", where the hub keeps the file, refuses it" + " (HTTP "
                            + status + "). Run the same command again; it continues with what is already there.");
        }
        var token = settings.token().isPresent()
                ? "check that HF_TOKEN belongs to an account with access"
                : "set HF_TOKEN to a token of an account with access";
        if (code.equals("RevisionNotFound")) {
            return new UserException(
                    address + ": there is no revision '" + address.revision() + "'. See " + page + ".");
        }
        return switch (status) {
            case 401, 403 ->
                new UserException(
                        code.equals("GatedRepo")
                                ? address + " is gated: its owner asks to accept terms first. Accept them at " + page
                                        + ", then " + token + "."
                                : address + " may not be read (HTTP " + status
                                        + "): it is private or gated, or does not exist. Check" + " the name at " + page
                                        + ", and " + token + ".");
            case 404 ->
                new UserException(address + " does not exist, or is private (HTTP 404). Check the name and the"
                        + " revision at " + page + ".");
            default ->
                new UserException(address + ": the hub refuses the request (HTTP " + status + "). See " + page + ".");
        };
    }
}
