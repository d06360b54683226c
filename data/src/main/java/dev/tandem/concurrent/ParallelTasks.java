package dev.tandem.concurrent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableFuture;
import java.util.function.Supplier;

/**
 * Work done in parallel whose outcome does not depend on timing: results come in order, and of several failures the
 * first in order is thrown. No thread outlives the call.
 */
public final class ParallelTasks {
    private ParallelTasks() {}

    /**
     * Runs all of {@code work}, each on a thread of its own, with at most one thread per core at a time. Once one has
     * failed, those after it are interrupted or not begun; those before it are finished, because their failure would
     * take precedence.
     *
     * @param name name of the threads
     * @throws RuntimeException the exception of the first work, in order, that failed
     */
    public static <T> List<T> all(String name, List<Supplier<T>> work) {
        if (work.size() == 1) {
            return List.of(work.get(0).get());
        }
        var atOnce = Math.max(2, Runtime.getRuntime().availableProcessors());
        var tasks = new ArrayList<BackgroundTask<T>>();
        var results = new ArrayList<T>();
        Optional<Throwable> failure = Optional.empty();
        for (var next = 0; next < work.size(); next++) {
            while (failure.isEmpty() && tasks.size() < Math.min(work.size(), next + atOnce)) {
                tasks.add(BackgroundTask.start(name + " " + tasks.size(), work.get(tasks.size())));
            }
            if (next == tasks.size()) {
                break;
            }
            if (failure.isPresent()) {
                tasks.get(next).cancel();
            }
            var outcome = tasks.get(next).await();
            outcome.result().ifPresent(results::add);
            failure = failure.or(outcome::failure);
        }
        failure.ifPresent(ParallelTasks::rethrow);
        return results;
    }

    /**
     * Runs one task on a thread of its own while the caller continues.
     *
     * @param name name of the thread
     */
    public static <T> BackgroundTask<T> start(String name, Supplier<T> work) {
        return BackgroundTask.start(name, work);
    }

    private static void rethrow(Throwable failure) {
        if (failure instanceof Error e) {
            throw e;
        }
        throw (RuntimeException) failure;
    }

    private record Outcome<T>(Optional<T> result, Optional<Throwable> failure) {}

    /** Work in progress. */
    public static final class BackgroundTask<T> {
        private final RunnableFuture<T> future;
        private final Thread thread;

        private BackgroundTask(RunnableFuture<T> future, Thread thread) {
            this.future = future;
            this.thread = thread;
        }

        private static <T> BackgroundTask<T> start(String name, Supplier<T> work) {
            var future = new FutureTask<>(work::get);
            var thread = new Thread(future, name);
            thread.setDaemon(true);
            thread.start();
            return new BackgroundTask<>(future, thread);
        }

        /**
         * Waits for the result.
         *
         * @throws RuntimeException the exception that the work threw
         */
        public T get() {
            var outcome = await();
            outcome.failure().ifPresent(ParallelTasks::rethrow);
            return outcome.result().orElseThrow();
        }

        /**
         * Waits a limited time for the end, in success or failure.
         *
         * @return whether the work has ended
         */
        public boolean awaitFor(Duration most) {
            try {
                thread.join(most.toMillis());
            } catch (InterruptedException e) {
                // get() passes the interrupt on to the work
                Thread.currentThread().interrupt();
                return true;
            }
            return !thread.isAlive();
        }

        private void cancel() {
            thread.interrupt();
        }

        private Outcome<T> await() {
            var interrupted = false;
            try {
                while (true) {
                    try {
                        thread.join();
                        return new Outcome<>(Optional.of(future.get()), Optional.empty());
                    } catch (ExecutionException e) {
                        return new Outcome<>(Optional.empty(), Optional.ofNullable(e.getCause()));
                    } catch (InterruptedException e) {
                        // to stop the caller is to stop the work
                        cancel();
                        interrupted = true;
                    }
                }
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }
}
