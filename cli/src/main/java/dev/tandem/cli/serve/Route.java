package dev.tandem.cli.serve;

import io.netty.handler.codec.http.HttpMethod;
import java.util.Optional;

/** The endpoints. */
enum Route {
    HEALTH("/health", HttpMethod.GET),
    METRICS("/metrics", HttpMethod.GET),
    MODELS("/v1/models", HttpMethod.GET),
    MODEL("/v1/models/", HttpMethod.GET),
    COMPLETIONS("/v1/completions", HttpMethod.POST),
    CHAT("/v1/chat/completions", HttpMethod.POST);

    private final String path;
    private final HttpMethod method;

    Route(String path, HttpMethod method) {
        this.path = path;
        this.method = method;
    }

    /** The path of the endpoint. */
    String path() {
        return path;
    }

    /** Whether requests of a method are answered: the endpoint's own, and HEAD wherever GET is. */
    boolean allows(HttpMethod asked) {
        return asked.equals(method) || (asked.equals(HttpMethod.HEAD) && method.equals(HttpMethod.GET));
    }

    /** The methods in words, as the header {@code Allow} lists them. */
    String allowed() {
        return method.equals(HttpMethod.GET) ? "GET, HEAD" : method.name();
    }

    /** The route of a path. */
    static Optional<Route> of(String path) {
        for (var route : values()) {
            var rest = route == MODEL && path.startsWith(route.path) && path.length() > route.path.length();
            if (rest || (route != MODEL && path.equals(route.path))) {
                return Optional.of(route);
            }
        }
        return Optional.empty();
    }
}
