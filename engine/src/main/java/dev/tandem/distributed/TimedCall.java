package dev.tandem.distributed;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** A call into native code that may never return: it runs on a thread of its own, which is abandoned in that case. */
final class TimedCall {
    private static final long SLICE_MILLIS = 100;

    private TimedCall() {}

    /**
     * Makes the call.
     *
     * @param poll called repeatedly while the call runs; an exception that it throws ends the wait
     * @throws TimeoutException if it does not return within {@code most}
     * @throws RuntimeException the exception that the call threw
     */
    static <T> T within(Duration most, Supplier<T> call, Runnable poll) throws TimeoutException {
        var task = new FutureTask<>(call::get);
        var thread = new Thread(task, "call to other ranks");
        thread.setDaemon(true);
        thread.start();
        var until = System.nanoTime() + most.toNanos();
        while (System.nanoTime() < until) {
            try {
                return task.get(SLICE_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                poll.run();
            } catch (ExecutionException e) {
                throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for other ranks", e);
            }
        }
        throw new TimeoutException("no answer");
    }
}
