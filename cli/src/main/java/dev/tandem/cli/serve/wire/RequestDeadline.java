package dev.tandem.cli.serve.wire;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends connections that are idle or send a request too slowly, because each of them occupies a place that others need.
 * While an answer is generated there is no deadline.
 */
public final class RequestDeadline extends ChannelInboundHandlerAdapter {
    private final QuietConnections quiet;
    private final long requestMillis;
    private final long idleMillis;
    private boolean begun;
    private boolean answering;
    private @Nullable Future<?> end;

    /**
     * @param quiet the server's connections that wait for a request
     * @param requestMillis most time of a request from its first byte to its last
     * @param idleMillis most idle time of a connection between requests
     */
    public RequestDeadline(QuietConnections quiet, long requestMillis, long idleMillis) {
        this.quiet = quiet;
        this.requestMillis = requestMillis;
        this.idleMillis = idleMillis;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        quiet.add(context.channel());
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
        quiet.remove(context.channel());
        stop();
        context.fireChannelInactive();
    }

    /** The request has arrived. */
    public void read(ChannelHandlerContext context) {
        quiet.remove(context.channel());
        answering = true;
        stop();
    }

    /** The answer is sent; another request may come. */
    public void answered(ChannelHandlerContext context) {
        begun = false;
        answering = false;
        if (context.channel().isActive()) {
            quiet.add(context.channel());
        }
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

    /** Whether part of a request arrived, but not the rest. */
    public boolean begun() {
        return begun;
    }
}
