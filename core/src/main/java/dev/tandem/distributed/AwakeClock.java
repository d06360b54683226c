package dev.tandem.distributed;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Time that passes only while this process runs: a process that was stopped and resumed (Ctrl-Z and {@code fg}, a
 * suspended machine) has not been waiting for others in the meantime.
 *
 * <p>Thread-safe. Some thread should read it about every {@link #STRIDE}; a longer gap between two readings counts as
 * no more than that.
 */
final class AwakeClock {
    /** Longest time between two readings that counts in full. */
    static final Duration STRIDE = Duration.ofSeconds(1);

    private final LongSupplier nanos;
    private long asked;
    private long awake;

    /** @param nanos a clock that never stops, ns */
    AwakeClock(LongSupplier nanos) {
        this.nanos = nanos;
        this.asked = nanos.getAsLong();
    }

    /** Time awake since the clock was created. */
    synchronized Duration now() {
        var now = nanos.getAsLong();
        awake += Math.min(now - asked, STRIDE.toNanos());
        asked = now;
        return Duration.ofNanos(awake);
    }
}
