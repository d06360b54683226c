package dev.tandem.hub;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Closes a stream that delivers nothing for too long; the JDK's client would wait forever once the headers are there.
 */
final class StallGuard implements AutoCloseable {
    private final ScheduledExecutorService timer;
    private final InputStream stream;
    private final AtomicLong last = new AtomicLong(System.nanoTime());

    StallGuard(InputStream stream, Duration longest) {
        this.stream = stream;
        this.timer = Executors.newSingleThreadScheduledExecutor(task -> {
            var thread = new Thread(task, "hub-stall-guard");
            thread.setDaemon(true);
            return thread;
        });
        var period = Math.max(10, longest.toMillis() / 4);
        timer.scheduleAtFixedRate(() -> check(longest), period, period, TimeUnit.MILLISECONDS);
    }

    private void check(Duration longest) {
        if (System.nanoTime() - last.get() > longest.toNanos()) {
            try {
                stream.close();
            } catch (IOException e) {
                // the reader sees the end of the stream
                return;
            }
        }
    }

    /** Reports that data arrived. */
    void alive() {
        last.set(System.nanoTime());
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
