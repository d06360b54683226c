package dev.tandem.cli.serve;

import dev.tandem.cli.serve.wire.ApiLimits;
import dev.tandem.cli.serve.wire.BodyBudget;
import dev.tandem.cli.serve.wire.BodyGuard;
import dev.tandem.cli.serve.wire.BodyReader;
import dev.tandem.cli.serve.wire.QuietConnections;
import dev.tandem.cli.serve.wire.RequestDeadline;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.WriteTimeoutHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The connections of a server, each with the handlers that read and answer its requests. */
final class ConnectionInitializer extends ChannelInitializer<SocketChannel> {
    private static final int LONGEST_LINE = 4096;
    private static final int LARGEST_HEADERS = 16_384;

    private final ApiLimits limits;
    private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final QuietConnections quiet = new QuietConnections();
    private final BodyBudget bodies;
    private volatile @Nullable Router router;

    ConnectionInitializer(ApiLimits limits) {
        this.limits = limits;
        this.bodies = new BodyBudget(limits.bodies());
    }

    /** Sets the handler of requests. Must be called before the first client connects. */
    void serve(Router newRouter) {
        router = newRouter;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
        if (open.size() >= limits.connections() && !quiet.closeOldest()) {
            channel.close();
            return;
        }
        open.add(channel);
        var requests = Objects.requireNonNull(router);
        var deadline = new RequestDeadline(quiet, limits.requestMillis(), limits.idleMillis());
        var guard = new BodyGuard(bodies, requests::refuses);
        channel.pipeline()
                .addLast(
                        deadline,
                        new HttpServerCodec(new HttpDecoderConfig()
                                .setMaxInitialLineLength(LONGEST_LINE)
                                .setMaxHeaderSize(LARGEST_HEADERS)),
                        new WriteTimeoutHandler(limits.writeMillis(), TimeUnit.MILLISECONDS),
                        guard,
                        new BodyReader(limits.body()),
                        new Connection(requests, limits, deadline, guard));
    }

    /** Closes all connections once what was written to them is sent, and waits a while for that. */
    void close(long millis) {
        for (Channel channel : open) {
            // after the writes that are queued in the event loop
            channel.eventLoop()
                    .execute(() ->
                            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE));
        }
        open.newCloseFuture().awaitUninterruptibly(millis);
    }
}
