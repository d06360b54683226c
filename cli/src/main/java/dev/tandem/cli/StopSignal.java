package dev.tandem.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Turns Ctrl-C (and SIGTERM) into a request to stop after the current step: the JVM waits with ending until the work in
 * hand, its checkpoint included, is done.
 */
final class StopSignal implements AutoCloseable {
    private final AtomicBoolean requested = new AtomicBoolean();
    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook = new Thread(this::await, "stop-signal");

    private StopSignal() {}

    /** Listens until closed. */
    static StopSignal listen() {
        var signal = new StopSignal();
        Runtime.getRuntime().addShutdownHook(signal.hook);
        return signal;
    }

    /** Whether the user asked to stop. */
    boolean requested() {
        return requested.get();
    }

    private void await() {
        requested.set(true);
        try {
            done.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        done.countDown();
        if (!requested.get()) {
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }
}
