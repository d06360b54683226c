package dev.tandem.tensor.parallel;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.global.torch;

/**
 * Threads that each compute on a part of a batch. On a CPU that keeps cores busier than libtorch's own threads do:
 * every part goes through the whole model without waiting for the others, and OpenBLAS, which must be restricted to one
 * thread inside libtorch, still computes on all cores.
 *
 * <p>Part i is always computed by thread i, and results are returned in order, so that sums over parts do not depend on
 * which thread finished first.
 */
public final class ReplicaThreads implements AutoCloseable {
    private final List<ExecutorService> threads = new ArrayList<>();
    private final int cores;

    /**
     * Starts threads; they end with the program or when closed.
     *
     * @param count number of threads, at least one
     * @param cores number of threads that libtorch may use in all
     */
    public ReplicaThreads(int count, int cores) {
        this.cores = Math.max(count, cores);
        for (var i = 0; i < count; i++) {
            var name = "thread-" + i;
            threads.add(Executors.newSingleThreadExecutor(task -> {
                var thread = new Thread(() -> run(task), name);
                thread.setDaemon(true);
                return thread;
            }));
        }
    }

    /**
     * Flushes numbers too small for a normal float32 (below 1.2e-38) to zero: they contribute nothing, and a processor
     * takes a hundred times longer over each. Saturated preference pairs produce them by the million.
     */
    private static void run(Runnable task) {
        Context.setFlushDenormal(true);
        task.run();
    }

    /** Number of threads. */
    public int count() {
        return threads.size();
    }

    /** A computation of one thread. */
    @FunctionalInterface
    public interface Work<T, R> {
        /**
         * Computes on a part.
         *
         * @param thread number of the thread
         * @param share its part
         */
        R apply(int thread, T share);
    }

    /**
     * Computes all parts simultaneously, part i on thread i.
     *
     * @param shares the parts, at most {@link #count}
     * @return results in the order of the parts
     */
    public <T, R> List<R> map(List<T> shares, Work<T, R> work) {
        var each = Math.max(1, cores / Math.max(1, shares.size()));
        var futures = new ArrayList<Future<R>>();
        for (var i = 0; i < shares.size(); i++) {
            var thread = i;
            futures.add(threads.get(i).submit(() -> {
                torch.set_num_threads(each);
                return work.apply(thread, shares.get(thread));
            }));
        }
        return join(futures);
    }

    /** Waits for all, also when one fails: none may continue to compute on memory that is freed then. */
    private static <R> List<R> join(List<Future<R>> futures) {
        var results = new ArrayList<R>();
        var failure = new ArrayList<Throwable>();
        for (var future : futures) {
            try {
                results.add(future.get());
            } catch (ExecutionException e) {
                failure.add(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                failure.add(e);
            }
        }
        if (failure.isEmpty()) {
            return results;
        }
        if (failure.get(0) instanceof RuntimeException e) {
            throw e;
        }
        throw new IllegalStateException(failure.get(0));
    }

    @Override
    public void close() {
        threads.forEach(ExecutorService::shutdown);
    }
}
