package dev.tandem.cli.serve.wire;

import java.util.concurrent.atomic.AtomicLong;

/** The memory that the bodies of all requests share while they are received and read. Safe for use by several threads. */
public final class BodyBudget {
    private final AtomicLong left;

    /** @param bytes most bytes of all bodies together */
    public BodyBudget(long bytes) {
        this.left = new AtomicLong(bytes);
    }

    /** Takes a part of the memory. @return whether that much was free */
    boolean take(long bytes) {
        if (left.addAndGet(-bytes) >= 0) {
            return true;
        }
        left.addAndGet(bytes);
        return false;
    }

    /** Gives a part back. */
    void give(long bytes) {
        left.addAndGet(bytes);
    }

    /** Bytes that are free. */
    public long left() {
        return left.get();
    }
}
