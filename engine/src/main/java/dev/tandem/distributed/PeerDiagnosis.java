package dev.tandem.distributed;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Finds out, after a collective failed, which ranks are alive: those whose heartbeats continue, or that report a loss
 * as well.
 */
final class PeerDiagnosis {
    private static final Duration MAX = Duration.ofSeconds(3);
    private static final long STEP_MILLIS = 50;
    /** The table may be updated once more without a rank that has just ended. */
    private static final int NEW_BEATS = 2;

    /** Time for the others to learn of this rank before its store ends with it. */
    private static final long FAREWELL_MILLIS = 500;

    private final RankEnvironment environment;
    private final FailureDetector watch;
    private final List<Long> before = new ArrayList<>();

    PeerDiagnosis(RankEnvironment environment, FailureDetector watch) {
        this.environment = environment;
        this.watch = watch;
    }

    /** The state of the other ranks, in one sentence. */
    String missing() {
        watch.lose();
        for (var rank = 0; rank < environment.worldSize(); rank++) {
            before.add(watch.table().count(rank));
        }
        try {
            var until = System.nanoTime() + MAX.toNanos();
            var absent = absent();
            while (!absent.isEmpty() && !watch.table().storeGone() && System.nanoTime() < until) {
                Thread.sleep(STEP_MILLIS);
                absent = absent();
            }
            if (environment.rank() == 0) {
                Thread.sleep(FAREWELL_MILLIS);
            }
            return sentence(absent);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "one ended or is stuck.";
        }
    }

    private String sentence(List<Integer> absent) {
        // rank 0 hosts the store, so it is the first suspect when the store does not answer
        if (absent.contains(0)) {
            return "no answer from rank 0.";
        }
        if (!absent.isEmpty()) {
            return "no answer from rank " + absent.stream().map(String::valueOf).collect(Collectors.joining(", "))
                    + ".";
        }
        var working = watch.working();
        return working.isEmpty()
                ? "all of them are alive, but one was late or its connection broke."
                : "waiting for " + working + ".";
    }

    private List<Integer> absent() {
        var result = new ArrayList<Integer>();
        for (var rank = 0; rank < environment.worldSize(); rank++) {
            if (rank != environment.rank() && !present(rank)) {
                result.add(rank);
            }
        }
        return result;
    }

    private boolean present(int rank) {
        var beat = watch.table().of(rank);
        if (beat.filter(b -> b.state() == Heartbeat.State.LOST).isPresent()) {
            return true;
        }
        return beat.filter(b -> b.state() != Heartbeat.State.LEFT).isPresent()
                && watch.table().count(rank) >= before.get(rank) + NEW_BEATS;
    }
}
