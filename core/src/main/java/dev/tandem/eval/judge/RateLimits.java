package dev.tandem.eval.judge;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Spreads requests evenly over time, so that neither they nor their tokens exceed what is allowed per minute. */
final class RateLimits {
    private static final double MINUTE = 60e9;
    private static final long LONGEST_SLEEP = 200_000_000;

    private final double perRequest;
    private final double perToken;
    private final Pace pace;
    private final BooleanSupplier stopping;
    private final long start;
    private long free;

    /** A source of time. */
    interface Pace {
        /** The current time, ns from an arbitrary origin. */
        long nanos();

        /** Waits. */
        void sleep(long nanos) throws InterruptedException;

        /** The system's time. */
        static Pace real() {
            return new Pace() {
                @Override
                public long nanos() {
                    return System.nanoTime();
                }

                @Override
                public void sleep(long nanos) throws InterruptedException {
                    TimeUnit.NANOSECONDS.sleep(nanos);
                }
            };
        }
    }

    /**
     * Creates limits; an infinite one does not limit.
     *
     * @param stopping checked while waiting
     */
    RateLimits(double requestsPerMinute, double tokensPerMinute, Pace pace, BooleanSupplier stopping) {
        this.perRequest = MINUTE / requestsPerMinute;
        this.perToken = MINUTE / tokensPerMinute;
        this.pace = pace;
        this.stopping = stopping;
        this.start = pace.nanos();
    }

    /**
     * Waits until a request may be sent.
     *
     * @param tokens number of tokens that it uses, including its reply
     * @throws CancellationException if the work is being stopped
     */
    void acquire(long tokens) {
        var at = reserve(tokens);
        try {
            for (var left = at - now(); left > 0; left = at - now()) {
                checkStopping();
                pace.sleep(Math.min(left, LONGEST_SLEEP));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException();
        }
        checkStopping();
    }

    private void checkStopping() {
        if (stopping.getAsBoolean()) {
            throw new CancellationException();
        }
    }

    private synchronized long reserve(long tokens) {
        var at = Math.max(now(), free);
        free = at + (long) Math.max(perRequest, tokens * perToken);
        return at;
    }

    /** Holds back all requests for a while, because the other side reported too many. */
    synchronized void hold(Duration time) {
        free = Math.max(free, now() + time.toNanos());
    }

    private long now() {
        return pace.nanos() - start;
    }
}
