package dev.tandem.cli.serve;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends connections on which nothing comes, or a request comes too slowly: each of them costs a place that others want. While
 * an answer is in the making there is no deadline.
 */
final class RequestDeadline extends ChannelInboundHandlerAdapter {
    private final long requestMillis;
    private final long idleMillis;
    private boolean begun;
    private boolean answering;
    private @Nullable Future<?> end;

    /**
     * @param requestMillis a request may take so long from its first byte to its last
     * @param idleMillis a connection may rest so long between requests
     */
    RequestDeadline(long requestMillis, long idleMillis) {
        this.requestMillis = requestMillis;
        this.idleMillis = idleMillis;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        restart(context, idleMillis);
        context.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!begun && !answering) {
            begun = true;
            restart(context, requestMillis);
        }
        context.fireChannelRead(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        stop();
        context.fireChannelInactive();
    }

    /** The request is there. */
    void read() {
        answering = true;
        stop();
    }

    /** Its answer is sent; another may come. */
    void answered(ChannelHandlerContext context) {
        begun = false;
        answering = false;
        restart(context, idleMillis);
    }

    private void restart(ChannelHandlerContext context, long millis) {
        stop();
        end = context.executor()
                .schedule(() -> context.pipeline().fireUserEventTriggered(this), millis, TimeUnit.MILLISECONDS);
    }

    private void stop() {
        if (end != null) {
            end.cancel(false);
        }
    }

    /** Whether a part of a request came and the rest did not. */
    boolean begun() {
        return begun;
    }
}
