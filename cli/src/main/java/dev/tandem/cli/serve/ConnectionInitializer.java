package dev.tandem.cli.serve;

import dev.tandem.cli.serve.wire.ApiLimits;
import dev.tandem.cli.serve.wire.BodyReader;
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
    private volatile @Nullable Router router;

    ConnectionInitializer(ApiLimits limits) {
        this.limits = limits;
    }

    /** Sets the handler of requests. Must be called before the first client connects. */
    void serve(Router newRouter) {
        router = newRouter;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
        if (open.size() >= limits.connections()) {
            channel.close();
            return;
        }
        open.add(channel);
        var deadline = new RequestDeadline(limits.requestMillis(), limits.idleMillis());
        channel.pipeline()
                .addLast(
                        deadline,
                        new HttpServerCodec(new HttpDecoderConfig()
                                .setMaxInitialLineLength(LONGEST_LINE)
                                .setMaxHeaderSize(LARGEST_HEADERS)),
                        new WriteTimeoutHandler(limits.writeMillis(), TimeUnit.MILLISECONDS),
                        new BodyReader(limits.body()),
                        new Connection(Objects.requireNonNull(router), limits, deadline));
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
