package dev.tandem.cli.serve.wire;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.util.ReferenceCountUtil;
import java.util.function.Predicate;

/**
 * Decides whether a request's body is read. A request that is refused for what its headers say is passed on without its
 * body, and the connection ends with the answer. The bodies of all connections share a budget.
 */
public final class BodyGuard extends ChannelInboundHandlerAdapter {
    /** There is no memory for the body. */
    public enum Crowded {
        BODIES
    }

    private final BodyBudget budget;
    private final Predicate<HttpRequest> refused;
    private boolean discarding;
    private long held;

    /**
     * @param budget of all connections
     * @param refused whether a request's headers are enough to refuse it
     */
    public BodyGuard(BodyBudget budget, Predicate<HttpRequest> refused) {
        this.budget = budget;
        this.refused = refused;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest request) {
            discarding = request.decoderResult().isSuccess() && hasBody(request) && refused.test(request);
            context.fireChannelRead(discarding ? withoutBody(request) : request);
        } else if (discarding) {
            ReferenceCountUtil.release(message);
        } else if (message instanceof HttpContent content
                && !take(content.content().readableBytes())) {
            discarding = true;
            ReferenceCountUtil.release(message);
            context.pipeline().fireUserEventTriggered(Crowded.BODIES);
        } else {
            context.fireChannelRead(message);
        }
    }

    private static boolean hasBody(HttpRequest request) {
        return HttpUtil.isTransferEncodingChunked(request) || HttpUtil.getContentLength(request, 0L) > 0;
    }

    private static HttpRequest withoutBody(HttpRequest request) {
        var result = new DefaultFullHttpRequest(
                request.protocolVersion(),
                request.method(),
                request.uri(),
                Unpooled.EMPTY_BUFFER,
                request.headers().copy(),
                EmptyHttpHeaders.INSTANCE);
        HttpUtil.setKeepAlive(result, false);
        return result;
    }

    private boolean take(int bytes) {
        if (!budget.take(bytes)) {
            return false;
        }
        held += bytes;
        return true;
    }

    /** The body is not needed any more. Must be called in the connection's event loop. */
    public void release() {
        budget.give(held);
        held = 0;
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        release();
        context.fireChannelInactive();
    }
}
