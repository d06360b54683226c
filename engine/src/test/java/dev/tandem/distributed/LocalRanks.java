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
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.Backend;
import org.bytedeco.pytorch.GlooDeviceVector;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.TCPStore;
import org.bytedeco.pytorch.TCPStoreOptions;

/** Ranks as threads of one process, over real connections. */
public final class LocalRanks {
    private LocalRanks() {}

    /** The results of every rank's work, by rank. A failure of one is thrown when all have ended. */
    public static <T> List<T> run(int count, Function<Collective, T> work) {
        return run(count, Duration.ofSeconds(60), work);
    }

    /** @param timeout timeout of the ranks */
    public static <T> List<T> run(int count, Duration timeout, Function<Collective, T> work) {
        return run(count, timeout, "cpu", work);
    }

    /** @param device device of the ranks, as a recipe names it */
    public static <T> List<T> run(int count, Duration timeout, String device, Function<Collective, T> work) {
        var port = freePort();
        var threads = Executors.newFixedThreadPool(count);
        try {
            var futures = new ArrayList<Future<T>>();
            for (var rank = 0; rank < count; rank++) {
                var environment = new RankEnvironment(rank, count, rank, "127.0.0.1", port, timeout);
                futures.add(threads.submit(() -> {
                    try (var ranks = Collective.join(environment, device)) {
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

    /** A second group of the same ranks, as a {@link GlooCollective} has one. */
    static Backend group(Collective ranks) {
        var port = (int) ranks.allReduce(new double[] {ranks.isRankZero() ? freePort() : 0})[0];
        var timeout = new Milliseconds(30_000);
        var store = kept(new TCPStore(
                "127.0.0.1",
                new TCPStoreOptions()
                        .port((short) port)
                        .isServer(ranks.isRankZero())
                        .waitWorkers(false)
                        .timeout(timeout)));
        var options = kept(ProcessGroupGloo.Options.create(timeout));
        options.devices(kept(new GlooDeviceVector(kept(ProcessGroupGloo.createDeviceForHostname("127.0.0.1")))));
        options.threads(1);
        return kept(new ProcessGroupGloo(store, ranks.rank(), ranks.size(), options));
    }

    private static <T extends Pointer> T kept(T pointer) {
        pointer.deallocate(false);
        return pointer;
    }

    /** A port on which no process listens. */
    public static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
