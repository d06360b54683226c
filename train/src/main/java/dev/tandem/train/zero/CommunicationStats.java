package dev.tandem.train.zero;

import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/** Counts what a rank exchanges with the others. */
public final class CommunicationStats {
    private final LongAdder gatheredBytes = new LongAdder();
    private final LongAdder summedBytes = new LongAdder();
    private final LongAdder waitedNanos = new LongAdder();
    private final LongAdder publishingNanos = new LongAdder();

    /** @param bytes of all ranks' parts together */
    void gathered(long bytes, int ranks) {
        gatheredBytes.add(bytes / ranks * (ranks - 1));
    }

    /** @param bytes that would be sent if the rank's own part were sent too */
    void summed(long bytes, int ranks) {
        summedBytes.add(bytes / ranks * (ranks - 1));
    }

    void waited(long nanos) {
        waitedNanos.add(nanos);
    }

    /** Counts time in which nothing is computed. */
    void publishing(long nanos) {
        publishingNanos.add(nanos);
        waitedNanos.add(nanos);
    }

    Sum sum(double lineSeconds) {
        return new Sum(
                gatheredBytes.sum(),
                summedBytes.sum(),
                lineSeconds + publishingNanos.sum() * 1e-9,
                waitedNanos.sum() * 1e-9);
    }

    /**
     * The traffic of a rank.
     *
     * @param gatheredBytes received of parameters
     * @param summedBytes sent of gradients
     * @param seconds it took
     * @param waitedSeconds of these, while nothing was computed: a mean over the replicas, for slower replicas included
     */
    public record Sum(long gatheredBytes, long summedBytes, double seconds, double waitedSeconds) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%.1f MB of gradients and %.1f MB of parameters in %.1f s, %.1f s of waiting",
                    summedBytes * 1e-6,
                    gatheredBytes * 1e-6,
                    seconds,
                    waitedSeconds);
        }
    }
}
