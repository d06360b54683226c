package dev.tandem.cli.serve;

import dev.tandem.cli.http.AccessToken;
import dev.tandem.cli.http.AllowedHosts;
import dev.tandem.cli.serve.wire.ApiError;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.Optional;

/**
 * Decides which requests are permitted. With a key: every client that presents it, by any name of the server. Without
 * one: programs of this machine, but not pages of other sites through a browser on it.
 */
final class Access {
    private static final String BEARER = "bearer ";

    private final AllowedHosts names;
    private final Optional<AccessToken> key;

    Access(AllowedHosts names, Optional<AccessToken> key) {
        this.names = names;
        this.key = key;
    }

    /** The reason why a request is refused, if it is. */
    Optional<ApiError> refuse(HttpHeaders headers) {
        if (key.isPresent()) {
            return isKnown(key.get(), headers.getAll(HttpHeaderNames.AUTHORIZATION))
                    ? Optional.empty()
                    : Optional.of(ApiError.key());
        }
        if (!names.named(headers.getAll(HttpHeaderNames.HOST))) {
            return Optional.of(
                    ApiError.request(403, "This is not the name of this server, which is " + names.shown() + "."));
        }
        return AllowedHosts.foreign(
                        headers.getAll(HttpHeaderNames.HOST),
                        headers.getAll(HttpHeaderNames.ORIGIN),
                        headers.getAll("Sec-Fetch-Site"))
                ? Optional.of(ApiError.request(403, "Requests from pages of other sites are refused."))
                : Optional.empty();
    }

    private static boolean isKnown(AccessToken key, List<String> authorization) {
        return authorization.size() == 1
                && authorization.get(0).regionMatches(true, 0, BEARER, 0, BEARER.length())
                && key.is(authorization.get(0).substring(BEARER.length()).strip());
    }
}
