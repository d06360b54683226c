package dev.tandem.distributed;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.TCPStore;
import org.bytedeco.pytorch.TCPStoreOptions;

/**
 * The way ranks find each other: through the store of rank 0, where every rank registers before any connects to
 * another.
 */
final class Rendezvous {
    private static final long LOOK_MILLIS = 20;

    private final RankEnvironment environment;
    private final long until;

    Rendezvous(RankEnvironment environment) {
        this.environment = environment;
        this.until = System.nanoTime() + environment.timeout().toNanos();
    }

    /**
     * The result once all ranks have joined.
     *
     * @param watch watches them
     * @param group the group that connects them
     */
    record Met(FailureDetector watch, ProcessGroupGloo group) {}

    /**
     * Waits for the others.
     *
     * @param connect creates the group, and takes ownership of the store
     * @throws RankLostException if not all ranks join, or rank 0 cannot be reached
     */
    Met join(BiFunction<RankEnvironment, TCPStore, ProcessGroupGloo> connect) {
        try {
            var store = TimedCall.within(left(), () -> store(environment, environment.rank() == 0), () -> {});
            var own = TimedCall.within(left(), () -> store(environment, false), () -> {});
            var watch = FailureDetector.start(environment, own);
            awaitAll(watch);
            var group =
                    TimedCall.within(left(), () -> connect.apply(environment, store), () -> requireNoneSilent(watch));
            return new Met(watch, group);
        } catch (RankLostException e) {
            throw e;
        } catch (TimeoutException | RuntimeException e) {
            throw notFound(firstLine(e), e);
        }
    }

    private Duration left() {
        return Duration.ofNanos(Math.max(1, until - System.nanoTime()));
    }

    /** A client of the store, and on rank 0 the store itself. */
    static TCPStore store(RankEnvironment environment, boolean server) {
        var options = new TCPStoreOptions();
        options.port((short) environment.masterPort())
                .isServer(server)
                .waitWorkers(false)
                .timeout(new Milliseconds(environment.timeout().toMillis()));
        return GlooCollective.kept(new TCPStore(environment.masterAddress(), options));
    }

    private void awaitAll(FailureDetector watch) {
        for (var absent = watch.table().absent();
                !absent.isEmpty();
                absent = watch.table().absent()) {
            requireNoneSilent(watch);
            if (System.nanoTime() > until) {
                var lost = notFound(names(absent) + " did not join", new TimeoutException());
                watch.close();
                throw lost;
            }
            sleep();
        }
    }

    private static String names(List<Integer> ranks) {
        return (ranks.size() == 1 ? "rank " : "ranks ")
                + ranks.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    private void requireNoneSilent(FailureDetector watch) {
        var silent = watch.silent();
        if (silent.isPresent()) {
            throw new RankLostException("Rank " + environment.rank() + " of " + environment.worldSize()
                    + " gave up at the beginning: rank " + silent.getAsInt()
                    + " joined, but has shown no sign of life for "
                    + environment.heartbeat().toSeconds() + " s.");
        }
    }

    private RankLostException notFound(String why, Exception cause) {
        return new RankLostException(
                "Rank " + environment.rank() + " of " + environment.worldSize() + " did not find the others at "
                        + environment.masterAddress() + ":" + environment.masterPort() + " within "
                        + environment.timeout().toSeconds() + " s: " + why
                        + ". All ranks must be started, with the same MASTER_ADDR, MASTER_PORT and WORLD_SIZE, and rank"
                        + " 0 on the host MASTER_ADDR.",
                cause);
    }

    private static void sleep() {
        try {
            Thread.sleep(LOOK_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for other ranks", e);
        }
    }

    static String firstLine(Exception e) {
        var message = String.valueOf(e.getMessage());
        return message.lines().findFirst().orElse(message);
    }
}
