package dev.tandem.tensor.parallel;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.global.torch;

/**
 * Threads that share single operations, where {@link ReplicaThreads} share batches: the caller and its helpers begin within a
 * microsecond of each other, because helpers poll for work for a short time before they sleep. A token's pass through a
 * model is a hundred operations of some ten microseconds, too short for threads that must be woken.
 *
 * <p>Used by one thread at a time.
 */
public final class IntraOpPool implements AutoCloseable {
    /**
     * How long a waiting thread keeps its core. The gap between two products of a pass is a twentieth of that; but to
     * wake a thread, where that means waking a core of a virtual machine, takes as long as several products.
     */
    private static final long WATCH_NANOS = 2_000_000;

    private static final long SLEEP_NANOS = 100_000_000;

    /** Multiplications that take some ten microseconds: another thread has hardly begun by then. */
    private static final long MIN_PRODUCTS = 1 << 21;

    private final long leastProducts;
    private final List<Thread> helpers = new ArrayList<>();

    /**
     * The next share that no thread has taken; equal to the number of shares when there is no work. Published by its
     * change to 0.
     */
    private final AtomicInteger next;

    private final AtomicInteger left = new AtomicInteger();
    private final AtomicReference<RuntimeException> failure = new AtomicReference<>();
    private volatile IntConsumer work = share -> {};
    private volatile boolean closed;

    /** Read only by the thread that uses the team, and by helpers while it waits for them. */
    private volatile boolean busy;

    /**
     * Starts helpers.
     *
     * @param size total number of threads, including the caller's
     */
    public IntraOpPool(int size) {
        this(size, MIN_PRODUCTS);
    }

    /**
     * Starts helpers.
     *
     * @param size total number of threads, including the caller's
     * @param leastProducts minimum number of multiplications that is {@link #isWorthSharing} sharing
     */
    public IntraOpPool(int size, long leastProducts) {
        this.leastProducts = leastProducts;
        this.next = new AtomicInteger(size);
        for (var i = 1; i < size; i++) {
            var helper = new Thread(this::help, "team-" + i);
            helper.setDaemon(true);
            helper.start();
            helpers.add(helper);
        }
    }

    /** Total number of threads. */
    public int size() {
        return helpers.size() + 1;
    }

    /**
     * Whether an operation is large enough to share.
     *
     * @param products number of multiplications that a matrix product does in the same time
     */
    public boolean isWorthSharing(long products) {
        return products >= leastProducts;
    }

    /**
     * Runs every share of an operation, without gradients, each on one thread: all at the same time if enough threads
     * are free, or one after the other where the system has given their cores to other work. Within a share, further
     * work is done by its thread alone. What a share allocates is freed when it is done: it stores results in tensors
     * that the caller has created.
     *
     * @param shared receives the number of a share, {@code 0 … size − 1}
     */
    public void run(IntConsumer shared) {
        if (busy || helpers.isEmpty()) {
            for (var i = 0; i < size(); i++) {
                shared.accept(i);
            }
            return;
        }
        busy = true;
        failure.set(null);
        work = shared;
        left.set(size());
        next.set(0);
        helpers.forEach(LockSupport::unpark);
        takeShares();
        // no thread may continue with memory that a share works on, also after a failure
        while (!watched(() -> left.get() == 0)) {
            Thread.yield();
        }
        busy = false;
        var thrown = failure.getAndSet(null);
        if (thrown != null) {
            throw thrown;
        }
    }

    private void takeShares() {
        for (var i = next.getAndIncrement(); i < size(); i = next.getAndIncrement()) {
            try (var scope = new PointerScope();
                    var guard = new NoGradGuard()) {
                work.accept(i);
            } catch (RuntimeException e) {
                failure.set(e);
            } catch (Error e) {
                failure.set(new IllegalStateException(e));
            } finally {
                left.decrementAndGet();
            }
        }
    }

    private void help() {
        torch.set_num_threads(1);
        Context.setFlushDenormal(true);
        while (!closed) {
            if (watched(() -> next.get() < size() || closed)) {
                takeShares();
            } else {
                LockSupport.parkNanos(this, SLEEP_NANOS);
            }
        }
    }

    /** Polls a condition. @return whether it holds; false when the time is over */
    private static boolean watched(BooleanSupplier condition) {
        var end = System.nanoTime() + WATCH_NANOS;
        do {
            for (var i = 0; i < 32; i++) {
                if (condition.getAsBoolean()) {
                    return true;
                }
                Thread.onSpinWait();
            }
        } while (System.nanoTime() < end);
        return condition.getAsBoolean();
    }

    /** Ends the helpers. */
    @Override
    public void close() {
        closed = true;
        helpers.forEach(LockSupport::unpark);
    }
}
