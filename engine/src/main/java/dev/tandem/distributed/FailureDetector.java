package dev.tandem.distributed;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.ByteVector;
import org.bytedeco.pytorch.StringVector;
import org.bytedeco.pytorch.TCPStore;

/**
 * Shows the other ranks that this one is alive and what it does, and receives the same information from them. A thread
 * of its own writes a heartbeat to the store at regular intervals; rank 0 gathers all of them into a table, so that a
 * beat costs each rank two requests regardless of the number of ranks. A stopped process writes no heartbeat. A rank
 * that is stuck in its work still does, and reports since when.
 *
 * <p>Each rank measures times by its own clock, from when it received a new beat: clocks are never compared.
 */
final class FailureDetector implements AutoCloseable {
    private static final String TABLE = "beats";
    private static final int BEATS_WITHIN_LIMIT = 6;
    private static final long MIN_INTERVAL_MILLIS = 50;
    private static final long MAX_INTERVAL_MILLIS = 500;
    private static final Duration LAST_BEAT = Duration.ofSeconds(1);

    private final RankEnvironment environment;
    private final TCPStore store;
    private final AwakeClock clock = new AwakeClock(System::nanoTime);
    private final HeartbeatTable table;
    private final Thread pulse;
    private long count;
    private volatile Doing doing;
    /** Number of threads of this rank that wait for other ranks. */
    private final AtomicInteger waiting = new AtomicInteger();

    private volatile boolean lost;
    private volatile boolean closed;

    /** What this rank does, and since when. */
    private record Doing(String what, Duration since) {}

    private FailureDetector(RankEnvironment environment, TCPStore store) {
        this.environment = environment;
        this.store = store;
        this.table = new HeartbeatTable(environment.rank(), environment.worldSize());
        this.doing = new Doing("at its beginning", clock.now());
        this.pulse = new Thread(this::pulse, "heartbeat");
        pulse.setDaemon(true);
    }

    /**
     * Starts the detector.
     *
     * @param store used by no other component: a request that waits holds up those after it
     */
    static FailureDetector start(RankEnvironment environment, TCPStore store) {
        var result = new FailureDetector(environment, store);
        result.pulse.start();
        return result;
    }

    /** What is known about the others. */
    HeartbeatTable table() {
        return table;
    }

    /** Records what this rank works on from now on. */
    void reportActivity(String what) {
        doing = new Doing(what, clock.now());
    }

    /** Records that one of this rank's threads begins or ends waiting for other ranks. */
    void markWaiting(boolean begins) {
        waiting.addAndGet(begins ? 1 : -1);
    }

    /** Records that this rank gives up because another is lost. */
    void lose() {
        lost = true;
    }

    private Heartbeat.State state() {
        if (lost) {
            return Heartbeat.State.LOST;
        }
        if (closed) {
            return Heartbeat.State.LEFT;
        }
        return waiting.get() > 0 ? Heartbeat.State.WAITING : Heartbeat.State.WORKING;
    }

    /** A rank that has shown no sign of life for too long. */
    OptionalInt silent() {
        return table.silent(environment.heartbeat(), clock.now());
    }

    private void pulse() {
        var interval = Math.max(
                MIN_INTERVAL_MILLIS,
                Math.min(MAX_INTERVAL_MILLIS, environment.heartbeat().toMillis() / BEATS_WITHIN_LIMIT));
        try {
            while (!closed && attempt()) {
                // until all ranks have joined, they wait for nothing else
                Thread.sleep(table.absent().isEmpty() ? interval : MIN_INTERVAL_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (closed) {
            attempt();
        }
    }

    /** Makes one round of requests. Returns false if the store is gone, and with it rank 0, which is final. */
    private boolean attempt() {
        if (table.storeGone()) {
            return false;
        }
        try (var scope = new PointerScope()) {
            beat();
            return true;
        } catch (RuntimeException e) {
            table.loseStore();
            return false;
        }
    }

    private void beat() {
        var now = doing;
        var own = new Heartbeat(++count, state(), clock.now().minus(now.since()).toSeconds(), now.what()).text();
        if (environment.rank() == 0) {
            var lines = gathered(own);
            put(TABLE, String.join("\n", lines));
            record(lines);
        } else {
            put(key(environment.rank()), own);
            get(TABLE).ifPresent(text -> record(List.of(text.split("\n", -1))));
        }
    }

    private List<String> gathered(String own) {
        var result = new ArrayList<String>();
        result.add(own);
        for (var rank = 1; rank < environment.worldSize(); rank++) {
            result.add(get(key(rank)).orElse(""));
        }
        return result;
    }

    private void record(List<String> lines) {
        table.record(lines.stream().map(Heartbeat::parse).toList(), clock.now());
    }

    private void put(String key, String text) {
        store.set(key, new ByteVector(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Reads a key, without waiting for one that no rank has set. */
    private Optional<String> get(String key) {
        return store.check(new StringVector(key))
                ? Optional.of(new String(store.get(key).get(), StandardCharsets.UTF_8))
                : Optional.empty();
    }

    private static String key(int rank) {
        return "beat-" + rank;
    }

    /** What the ranks that keep this one waiting are doing; empty if all of them wait or are silent. */
    String working() {
        return IntStream.range(0, environment.worldSize())
                .filter(rank -> rank != environment.rank())
                .mapToObj(rank -> table.of(rank)
                        .filter(beat -> beat.state() == Heartbeat.State.WORKING)
                        .map(beat -> "rank " + rank + ", " + beat.words()))
                .flatMap(Optional::stream)
                .collect(Collectors.joining("; "));
    }

    /** Announces that this rank is done, if the store still answers. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        pulse.interrupt();
        try {
            pulse.join(LAST_BEAT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
