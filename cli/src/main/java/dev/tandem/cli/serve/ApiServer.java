package dev.tandem.cli.serve;

import dev.tandem.cli.http.AccessToken;
import dev.tandem.cli.http.AllowedHosts;
import dev.tandem.cli.http.ListenAddress;
import dev.tandem.cli.serve.api.Api;
import dev.tandem.cli.serve.api.ApiSettings;
import dev.tandem.cli.serve.api.ServeMetrics;
import dev.tandem.cli.serve.api.ServedModel;
import dev.tandem.cli.serve.wire.ApiLimits;
import dev.tandem.model.generation.TextModel;
import dev.tandem.serve.Engine;
import dev.tandem.serve.EngineSettings;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Serves a model by OpenAI's API.
 *
 * <pre>{@code
 * try (var server = ApiServer.open(() -> TextModels.open(…), new EngineSettings(16, 64, 65_536), settings, ApiLimits.USUAL)) {
 *     server.engine().awaitReady();
 *     System.out.println(server.url());
 *     …
 *     server.engine().drain(Duration.ofSeconds(30));
 * }
 * }</pre>
 */
public final class ApiServer implements AutoCloseable {
    private static final int WORKERS = 2;
    private static final int LOOPS = 2;

    /** Bytes that the system buffers for a client: when a stream exceeds it, the client does not read. */
    private static final int SEND_BUFFER = 128 << 10;

    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    private final Engine engine;
    private final ConnectionInitializer clients;
    private final Channel acceptor;
    private final EventLoopGroup loops;
    private final ExecutorService workers;
    private final AllowedHosts names;

    private ApiServer(
            Engine engine,
            ConnectionInitializer clients,
            Channel acceptor,
            EventLoopGroup loops,
            ExecutorService workers,
            AllowedHosts names) {
        this.engine = engine;
        this.clients = clients;
        this.acceptor = acceptor;
        this.loops = loops;
        this.workers = workers;
        this.names = names;
    }

    /**
     * Opens the port and starts to load the model; until it is loaded, requests are answered with 503.
     *
     * @param model opens the model, on a thread of its own
     * @throws dev.tandem.UserException if there is no such host or free port
     */
    public static ApiServer open(
            Supplier<TextModel> model, EngineSettings bounds, ApiSettings settings, ApiLimits limits) {
        var address = ListenAddress.address(settings.host());
        var loops = new MultiThreadIoEventLoopGroup(
                LOOPS, new DefaultThreadFactory("serve-http", true), NioIoHandler.newFactory());
        var clients = new ConnectionInitializer(limits);
        Channel acceptor;
        try {
            acceptor = listen(loops, clients, new InetSocketAddress(address, settings.port()), settings);
        } catch (RuntimeException e) {
            stop(loops);
            throw e;
        }
        var port = ((InetSocketAddress) acceptor.localAddress()).getPort();
        var names = AllowedHosts.of(settings.host(), address, port);
        var workers = Executors.newFixedThreadPool(WORKERS, new DefaultThreadFactory("serve-work", true));
        var metrics = new ServeMetrics();
        var engine = Engine.start(model, bounds, metrics);
        metrics.watch(engine);
        var access = new Access(names, settings.key().map(AccessToken::new));
        clients.serve(new Router(access, new Api(new ServedModel(engine, settings), metrics, workers)));
        acceptor.config().setAutoRead(true);
        return new ApiServer(engine, clients, acceptor, loops, workers, names);
    }

    /** The server does not accept connections yet. */
    private static Channel listen(
            EventLoopGroup loops, ConnectionInitializer clients, InetSocketAddress address, ApiSettings settings) {
        var bound = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.SO_BACKLOG, 256)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_SNDBUF, SEND_BUFFER)
                .childHandler(clients)
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw ListenAddress.refused(settings.host(), settings.port(), bound.cause());
        }
        return bound.channel();
    }

    /** The engine that answers. */
    public Engine engine() {
        return engine;
    }

    /** The URL that clients use as their base URL. */
    public String url() {
        return "http://" + names.shown() + "/v1";
    }

    /** Stops immediately and notifies waiting clients. To finish active texts, call {@link Engine#drain} first. */
    @Override
    public void close() {
        engine.close();
        acceptor.close().awaitUninterruptibly();
        clients.close(LAST_WORDS.toMillis());
        workers.shutdownNow();
        stop(loops);
    }

    private static void stop(EventLoopGroup loops) {
        loops.shutdownGracefully(0, LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly();
    }
}
