package dev.tandem.cli.board;

import com.sun.net.httpserver.HttpExchange;
import dev.tandem.train.RunState;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who may ask. A page of another site must not read the board through the browser of one who looks at it: a request must name
 * this server by one of its own names (another name that leads here is DNS rebinding) and must not come from a foreign page.
 * Where others than this machine's users can connect, it must also know the token.
 */
final class Gate {
    private static final List<String> OWN_SITE = List.of("same-origin", "none");

    private final Set<String> hosts;
    private final String shownHost;
    private final Optional<String> token;
    private final String cookieName;

    private Gate(Set<String> hosts, String shownHost, Optional<String> token, int port) {
        this.hosts = hosts;
        this.shownHost = shownHost;
        this.token = token;
        this.cookieName = "tandem_board_" + port; // browsers do not part cookies by port
    }

    /** What is to be done with a request. */
    enum Verdict {
        WELCOME,
        WRONG_HOST,
        FOREIGN_PAGE,
        WRONG_METHOD,
        NO_TOKEN
    }

    /** A gate for a server. */
    static Gate of(String host, InetAddress address, int port, Optional<String> token) {
        var names = new LinkedHashSet<>(List.of("localhost", "127.0.0.1", "[::1]", bracketed(host)));
        if (address.isAnyLocalAddress()) {
            names.addAll(ownNames());
        }
        var shown = address.isAnyLocalAddress() ? RunState.thisHost() : bracketed(host);
        return new Gate(
                names.stream()
                        .map(name -> name.toLowerCase(Locale.ROOT) + ":" + port)
                        .collect(Collectors.toUnmodifiableSet()),
                shown + ":" + port,
                token,
                port);
    }

    private static String bracketed(String host) {
        return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    }

    /** By what this machine can be reached from others. */
    private static List<String> ownNames() {
        try {
            return Stream.concat(
                            Stream.of(RunState.thisHost()),
                            NetworkInterface.networkInterfaces()
                                    .flatMap(NetworkInterface::inetAddresses)
                                    .map(a -> bracketed(a.getHostAddress().replaceFirst("%.*", ""))))
                    .toList();
        } catch (SocketException e) {
            return List.of(RunState.thisHost());
        }
    }

    /** Host and port as a browser would name them. */
    String shownHost() {
        return shownHost;
    }

    /** @param query by name */
    Verdict judge(HttpExchange exchange, Query query) {
        var headers = exchange.getRequestHeaders();
        var host = headers.getOrDefault("Host", List.of());
        if (host.size() != 1 || !hosts.contains(host.get(0).toLowerCase(Locale.ROOT))) {
            return Verdict.WRONG_HOST;
        }
        var origins = headers.getOrDefault("Origin", List.of());
        if (!origins.stream().allMatch(this::isOwn)
                || !OWN_SITE.containsAll(headers.getOrDefault("Sec-Fetch-Site", List.of()))) {
            return Verdict.FOREIGN_PAGE;
        }
        if (!List.of("GET", "HEAD").contains(exchange.getRequestMethod())) {
            return Verdict.WRONG_METHOD;
        }
        return token.isEmpty() || isToken(query.get("token")) || isToken(cookie(headers.getFirst("Cookie")))
                ? Verdict.WELCOME
                : Verdict.NO_TOKEN;
    }

    private boolean isOwn(String origin) {
        var lower = origin.toLowerCase(Locale.ROOT);
        return lower.startsWith("http://") && hosts.contains(lower.substring("http://".length()));
    }

    /** The cookie to give a browser that came with the token in the address; it is taken out of the address then. */
    Optional<String> cookieFor(Query query) {
        return token.filter(t -> isToken(query.get("token")))
                .map(t -> cookieName + "=" + t + "; Path=/; HttpOnly; SameSite=Strict");
    }

    private Optional<String> cookie(@Nullable String header) {
        return Optional.ofNullable(header)
                .flatMap(text -> Stream.of(text.split(";"))
                        .map(String::strip)
                        .filter(pair -> pair.startsWith(cookieName + "="))
                        .map(pair -> pair.substring(cookieName.length() + 1))
                        .findFirst());
    }

    /** In a time that does not tell how much of it was right. */
    private boolean isToken(Optional<String> given) {
        return given.isPresent()
                && token.isPresent()
                && MessageDigest.isEqual(
                        given.get().getBytes(StandardCharsets.UTF_8),
                        token.get().getBytes(StandardCharsets.UTF_8));
    }
}
