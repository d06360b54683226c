package dev.tandem.cli.serve;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One client's connection: its requests, one after the other. */
final class Connection extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    private static final String OTHER = "other";

    private final Api api;
    private final ApiLimits limits;
    private final RequestDeadline deadline;
    private boolean closing;
    private @Nullable Exchange current;

    Connection(Api api, ApiLimits limits, RequestDeadline deadline) {
        this.api = api;
        this.limits = limits;
        this.deadline = deadline;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        if (closing) {
            return; // what was announced as the last answer is on its way
        }
        if (current != null) {
            // a client that did not wait: it will see the end of the connection, and ask again
            current.closeAfter();
            return;
        }
        deadline.read();
        if (request.decoderResult().isFailure()) {
            var exchange = begin(context, HttpVersion.HTTP_1_1, false, OTHER);
            exchange.error(malformed(request.decoderResult().cause()));
            return;
        }
        var path = path(request.uri());
        var route = Route.of(path);
        var exchange = begin(
                context,
                request.protocolVersion(),
                HttpUtil.isKeepAlive(request),
                route.map(Route::path).orElse(OTHER));
        var refused = route.filter(r -> r == Route.HEALTH).isPresent()
                ? Optional.<ApiError>empty()
                : api.access().refuse(request.headers());
        if (refused.isPresent()) {
            var headers =
                    refused.get().status() == 401 ? Map.of("WWW-Authenticate", "Bearer") : Map.<String, String>of();
            exchange.error(refused.get(), headers);
        } else if (route.isEmpty()) {
            exchange.error(ApiError.request(
                    404,
                    "There is nothing here. /v1/models, /v1/completions,"
                            + " /v1/chat/completions, /health and /metrics are."));
        } else if (!route.get().method().equals(request.method())) {
            var method = route.get().method().name();
            exchange.error(ApiError.request(405, "Only " + method + " is answered here."), Map.of("Allow", method));
        } else {
            answer(exchange, route.get(), path, request);
        }
    }

    private void answer(Exchange exchange, Route route, String path, FullHttpRequest request) {
        switch (route) {
            case HEALTH -> api.health(exchange);
            case METRICS -> api.metrics(exchange);
            case MODELS -> api.models(exchange);
            case MODEL -> api.model(exchange, path.substring(Route.MODEL.path().length()));
            case COMPLETIONS, CHAT -> {
                var type = HttpUtil.getMimeType(request);
                if (type == null || !"application/json".equalsIgnoreCase(type.toString())) {
                    exchange.error(ApiError.request(415, "The Content-Type must be application/json."));
                } else if (request.headers().contains(HttpHeaderNames.CONTENT_ENCODING)) {
                    exchange.error(
                            ApiError.request(415, "Bodies with a Content-Encoding are not read; send plain JSON."));
                } else {
                    api.generate(exchange, route == Route.CHAT, ByteBufUtil.getBytes(request.content()));
                }
            }
        }
    }

    private Exchange begin(ChannelHandlerContext context, HttpVersion version, boolean keepAlive, String route) {
        var exchange = new Exchange(context, version, keepAlive, (status, last) -> {
            current = null;
            closing = last;
            api.answered(route, status);
            deadline.answered(context);
        });
        current = exchange;
        return exchange;
    }

    private static String path(String uri) {
        try {
            return new QueryStringDecoder(uri).path();
        } catch (IllegalArgumentException e) {
            return ""; // broken percent signs
        }
    }

    private static ApiError malformed(Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return ApiError.request(414, "The address is too long.");
        }
        if (cause instanceof TooLongHttpHeaderException) {
            return ApiError.request(431, "The headers are too long.");
        }
        return ApiError.request(400, "This is not an HTTP request.");
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof BodyReader.TooLarge && current == null && !closing) {
            deadline.read();
            begin(context, HttpVersion.HTTP_1_1, false, OTHER)
                    .error(ApiError.request(413, "The body is larger than " + limits.body() + " bytes."));
        } else if (event == deadline && current == null && !closing) {
            if (deadline.begun()) {
                deadline.read();
                begin(context, HttpVersion.HTTP_1_1, false, OTHER)
                        .error(ApiError.request(408, "The request came too slowly."));
            } else {
                context.close();
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (current != null) {
            current.abandon();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // most often the client reset the connection
        LOG.debug("A connection broke", cause);
        context.close();
    }
}
