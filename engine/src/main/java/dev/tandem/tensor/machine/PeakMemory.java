package dev.tandem.tensor.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The peak of resident memory while this object is open, as Linux counts it (proc(5)): {@code VmHWM}, which is reset
 * when it opens, or if that is not permitted, {@code VmRSS}, sampled every few milliseconds. Memory that earlier work
 * freed but the allocator kept is included.
 */
public final class PeakMemory implements AutoCloseable {
    private static final Path CLEAR = Path.of("/proc/self/clear_refs");
    private static final String RESET_PEAK = "5";
    private static final long PERIOD_MILLIS = 5;

    private final boolean exact;
    private final AtomicLong sampled = new AtomicLong();
    private final Thread sampler = new Thread(this::sample, "memory-sampler");

    /**
     * Measures only new work: memory that earlier work freed but the allocator kept is first returned to the system.
     */
    public static PeakMemory ofNewWork() {
        NativeHeap.trim();
        return new PeakMemory();
    }

    /** Starts to measure. */
    public PeakMemory() {
        this(resetPeak());
    }

    /** @param exact whether the system's own peak was just reset */
    PeakMemory(boolean exact) {
        this.exact = exact;
        if (!exact && ProcessMemory.resident().isPresent()) {
            sampler.setDaemon(true);
            sampler.start();
        }
    }

    /** Peak of resident bytes since it was opened; absent if the system does not report it. */
    public OptionalLong bytes() {
        if (exact) {
            return ProcessMemory.peak();
        }
        observe();
        return sampled.get() > 0 ? OptionalLong.of(sampled.get()) : OptionalLong.empty();
    }

    private void sample() {
        while (!Thread.currentThread().isInterrupted()) {
            observe();
            try {
                Thread.sleep(PERIOD_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void observe() {
        ProcessMemory.resident().ifPresent(now -> sampled.accumulateAndGet(now, Math::max));
    }

    private static boolean resetPeak() {
        try {
            Files.writeString(CLEAR, RESET_PEAK);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        sampler.interrupt();
    }
}
