package dev.tandem.cli.board;

import com.sun.net.httpserver.HttpServer;
import dev.tandem.UserException;
import dev.tandem.cli.http.ListenAddress;
import dev.tandem.recipe.Registry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A live web page of the runs below a folder.
 *
 * <pre>{@code
 * try (var board = Board.open(new Board.Settings(Path.of("runs"), "127.0.0.1", 0, Optional.empty()))) {
 *     System.out.println(board.url());
 *     …
 * }
 * }</pre>
 */
public final class Board implements AutoCloseable {
    private static final int THREADS = 8;
    private static final int TOKEN_BYTES = 16;

    private final HttpServer server;
    private final ExecutorService threads;
    private final BoardRuns runs;
    private final EventFeed events;
    private final String url;

    /**
     * The settings of a board.
     *
     * @param folder the runs' folder
     * @param host name or address to listen on
     * @param port 0 for any that is free
     * @param token secret that a browser must present; required whenever it is given, and generated when the host is not
     *     this machine alone
     * @param registry what the recipes of the runs may name
     */
    public record Settings(Path folder, String host, int port, Optional<String> token, Registry registry) {
        /** @throws UserException if there is no such port */
        public Settings {
            ListenAddress.port(port);
        }

        /** A board of runs whose recipes name only what is part of Tandem. */
        public Settings(Path folder, String host, int port, Optional<String> token) {
            this(folder, host, port, token, Registry.standard());
        }
    }

    private Board(HttpServer server, BoardRuns runs, EventFeed events, ExecutorService threads, String url) {
        this.server = server;
        this.runs = runs;
        this.events = events;
        this.threads = threads;
        this.url = url;
    }

    /**
     * Opens the page.
     *
     * @throws UserException if there is no such folder, host or free port
     */
    public static Board open(Settings settings) {
        var root = folder(settings.folder());
        var address = ListenAddress.address(settings.host());
        var server = listen(address, settings);
        var port = server.getAddress().getPort();
        var token = settings.token().or(() -> address.isLoopbackAddress() ? Optional.empty() : Optional.of(random()));
        var gate = BoardAccess.of(settings.host(), address, port, token);
        var runs = BoardRuns.watch(root, settings.registry());
        var events = new EventFeed(runs);
        var threads = Executors.newFixedThreadPool(THREADS, work -> daemon(work, "board-http"));
        server.setExecutor(threads);
        server.createContext("/", new BoardPages(gate, runs, events));
        server.start();
        var url = "http://" + gate.shownHost() + "/"
                + token.map(t -> "?token=" + t).orElse("");
        return new Board(server, runs, events, threads, url);
    }

    private static Path folder(Path folder) {
        try {
            if (Files.isDirectory(folder)) {
                return folder.toRealPath();
            }
        } catch (IOException e) {
            throw new UserException("Cannot read the folder " + folder + ": " + e.getMessage(), e);
        }
        throw new UserException("There is no folder " + folder
                + ". Give the folder that holds your runs, such as the one" + " above a recipe's output.");
    }

    private static HttpServer listen(InetAddress address, Settings settings) {
        try {
            return HttpServer.create(new InetSocketAddress(address, settings.port()), 0);
        } catch (IOException | IllegalArgumentException e) {
            throw ListenAddress.refused(settings.host(), settings.port(), e);
        }
    }

    private static String random() {
        var bytes = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    static Thread daemon(Runnable work, String name) {
        var thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /** The page's address, including the token. */
    public String url() {
        return url;
    }

    @Override
    public void close() {
        server.stop(0);
        events.close();
        threads.shutdownNow();
        runs.close();
    }
}
