package dev.tandem.cli.serve;

import dev.tandem.cli.http.OwnNames;
import dev.tandem.cli.http.Secret;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.Optional;

/**
 * Who may ask. With a key, whoever knows it, by whatever name the server is reached. Without one, programs of this machine;
 * but not pages of other sites through a browser here.
 */
final class Access {
    private static final String BEARER = "bearer ";

    private final OwnNames names;
    private final Optional<Secret> key;

    Access(OwnNames names, Optional<Secret> key) {
        this.names = names;
        this.key = key;
    }

    /** Why a request is refused, if it is. */
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
        return names.foreign(headers.getAll(HttpHeaderNames.ORIGIN), headers.getAll("Sec-Fetch-Site"))
                ? Optional.of(ApiError.request(403, "Pages of other sites may not ask here."))
                : Optional.empty();
    }

    private static boolean isKnown(Secret key, List<String> authorization) {
        return authorization.size() == 1
                && authorization.get(0).regionMatches(true, 0, BEARER, 0, BEARER.length())
                && key.is(authorization.get(0).substring(BEARER.length()).strip());
    }
}
