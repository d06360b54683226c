package dev.tandem.distributed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Ranks as threads of one process, over real connections. */
public final class LocalRanks {
    private LocalRanks() {}

    /** What every rank's work gives, by rank. A failure of one is thrown when all have ended. */
    public static <T> List<T> run(int count, Function<Collective, T> work) {
        return run(count, Duration.ofSeconds(60), work);
    }

    /** @param timeout of the ranks */
    public static <T> List<T> run(int count, Duration timeout, Function<Collective, T> work) {
        var port = freePort();
        var threads = Executors.newFixedThreadPool(count);
        try {
            var futures = new ArrayList<Future<T>>();
            for (var rank = 0; rank < count; rank++) {
                var environment = new RankEnvironment(rank, count, rank, "127.0.0.1", port, timeout);
                futures.add(threads.submit(() -> {
                    try (var ranks = GlooCollective.join(environment)) {
                        return work.apply(ranks);
                    }
                }));
            }
            var results = new ArrayList<T>();
            for (var future : futures) {
                results.add(future.get());
            }
            return results;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            threads.shutdown();
        }
    }

    /** A port that nobody listens on. */
    public static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
