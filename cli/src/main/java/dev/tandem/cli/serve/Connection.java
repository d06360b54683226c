package dev.tandem.cli.serve;

import dev.tandem.cli.serve.wire.ApiError;
import dev.tandem.cli.serve.wire.ApiLimits;
import dev.tandem.cli.serve.wire.BodyGuard;
import dev.tandem.cli.serve.wire.BodyReader;
import dev.tandem.cli.serve.wire.Exchange;
import dev.tandem.cli.serve.wire.RequestDeadline;
import dev.tandem.cli.serve.wire.RequestId;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One client's connection: its requests, one after the other. */
final class Connection extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    private static final String OTHER = "other";

    private final Router router;
    private final ApiLimits limits;
    private final RequestDeadline deadline;
    private final BodyGuard guard;
    private boolean closing;
    private @Nullable Exchange current;

    Connection(Router router, ApiLimits limits, RequestDeadline deadline, BodyGuard guard) {
        this.router = router;
        this.limits = limits;
        this.deadline = deadline;
        this.guard = guard;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        if (closing) {
            return; // the answer that was announced as the last one is being sent
        }
        if (current != null) {
            // a client that pipelines: it will see the end of the connection and ask again
            current.closeAfter();
            return;
        }
        deadline.read(context);
        if (request.decoderResult().isFailure()) {
            var exchange = begin(context, HttpVersion.HTTP_1_1, RequestId.made(), false, OTHER);
            exchange.error(malformed(request.decoderResult().cause()));
            return;
        }
        var route = Route.of(Router.path(request));
        var exchange = begin(
                context,
                request.protocolVersion(),
                RequestId.of(request.headers()),
                HttpUtil.isKeepAlive(request),
                route.map(Route::path).orElse(OTHER));
        router.answer(exchange, route, request);
    }

    private Exchange begin(
            ChannelHandlerContext context, HttpVersion version, String id, boolean keepAlive, String route) {
        var exchange = new Exchange(context, version, id, keepAlive, (status, last) -> {
            guard.release();
            current = null;
            closing = last;
            router.answered(route, status);
            deadline.answered(context);
        });
        exchange.onRead(guard::release);
        current = exchange;
        return exchange;
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
            deadline.read(context);
            begin(context, HttpVersion.HTTP_1_1, RequestId.made(), false, OTHER)
                    .error(ApiError.request(413, "The body is larger than " + limits.body() + " bytes."));
        } else if (event == BodyGuard.Crowded.BODIES && current == null && !closing) {
            deadline.read(context);
            begin(context, HttpVersion.HTTP_1_1, RequestId.made(), false, OTHER)
                    .error(ApiError.unavailable(
                            "Too many long requests arrive at the same time. Try again in a while."));
        } else if (event == deadline && current == null && !closing) {
            if (deadline.begun()) {
                deadline.read(context);
                begin(context, HttpVersion.HTTP_1_1, RequestId.made(), false, OTHER)
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
