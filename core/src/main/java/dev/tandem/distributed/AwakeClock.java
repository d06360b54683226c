package dev.tandem.distributed;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Time that passes only while this process runs: one that was stopped and goes on (Ctrl-Z and {@code fg}, a suspended
 * machine) has not waited for others meanwhile.
 *
 * <p>Thread-safe. To be asked about as often as {@link #STRIDE}, by whichever thread; time in which nobody asks counts for no
 * more than that.
 */
final class AwakeClock {
    /** Longest time between two questions that counts in full. */
    static final Duration STRIDE = Duration.ofSeconds(1);

    private final LongSupplier nanos;
    private long asked;
    private long awake;

    /** @param nanos time that goes on whatever happens, ns */
    AwakeClock(LongSupplier nanos) {
        this.nanos = nanos;
        this.asked = nanos.getAsLong();
    }

    /** Time awake since the clock was made. */
    synchronized Duration now() {
        var now = nanos.getAsLong();
        awake += Math.min(now - asked, STRIDE.toNanos());
        asked = now;
        return Duration.ofNanos(awake);
    }
}
