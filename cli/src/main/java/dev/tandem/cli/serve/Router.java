package dev.tandem.cli.serve;

import dev.tandem.cli.serve.api.Api;
import dev.tandem.cli.serve.wire.ApiError;
import dev.tandem.cli.serve.wire.Exchange;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.Map;
import java.util.Optional;

/** Checks requests and passes them to the handlers of their endpoints. */
final class Router {
    private final Access access;
    private final Api api;

    Router(Access access, Api api) {
        this.access = access;
        this.api = api;
    }

    /** A request was answered. */
    void answered(String route, int status) {
        api.answered(route, status);
    }

    /** Whether a request's headers are enough to refuse it. */
    boolean refuses(HttpRequest request) {
        return refused(Route.of(path(request)), request).isPresent();
    }

    private Optional<ApiError> refused(Optional<Route> route, HttpRequest request) {
        return route.equals(Optional.of(Route.HEALTH)) ? Optional.empty() : access.refuse(request.headers());
    }

    /** Answers a request. @param route the endpoint of its path */
    void answer(Exchange exchange, Optional<Route> route, FullHttpRequest request) {
        var refused = refused(route, request);
        if (refused.isPresent()) {
            exchange.error(refused.get());
        } else if (route.isEmpty()) {
            exchange.error(ApiError.request(
                    404,
                    "There is nothing here. /v1/models, /v1/completions, /v1/chat/completions, /health and /metrics"
                            + " are."));
        } else if (!route.get().allows(request.method())) {
            var allowed = route.get().allowed();
            exchange.error(ApiError.request(405, "Only " + allowed + " is answered here."), Map.of("Allow", allowed));
        } else {
            answer(exchange, route.get(), request);
        }
    }

    private void answer(Exchange exchange, Route route, FullHttpRequest request) {
        switch (route) {
            case HEALTH -> api.health(exchange);
            case METRICS -> api.metrics(exchange);
            case MODELS -> api.models(exchange);
            case MODEL ->
                api.model(exchange, path(request).substring(Route.MODEL.path().length()));
            case COMPLETIONS, CHAT -> generate(exchange, route, request);
        }
    }

    private void generate(Exchange exchange, Route route, FullHttpRequest request) {
        var type = HttpUtil.getMimeType(request);
        if (type == null || !"application/json".equalsIgnoreCase(type.toString())) {
            exchange.error(ApiError.request(415, "The Content-Type must be application/json."));
        } else if (request.headers().contains(HttpHeaderNames.CONTENT_ENCODING)) {
            exchange.error(ApiError.request(415, "Bodies with a Content-Encoding are not read; send plain JSON."));
        } else {
            api.generate(exchange, route == Route.CHAT, ByteBufUtil.getBytes(request.content()));
        }
    }

    /** The address before the question mark; empty if it is malformed. */
    static String path(HttpRequest request) {
        try {
            return new QueryStringDecoder(request.uri()).path();
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
