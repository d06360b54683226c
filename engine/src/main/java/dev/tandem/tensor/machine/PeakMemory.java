package dev.tandem.tensor.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The most memory resident while it is open, as Linux counts it (proc(5)): {@code VmHWM}, which is set back when it opens, or
 * where that is not permitted, {@code VmRSS} looked at every few milliseconds. Memory that earlier work freed and the allocator
 * kept counts too.
 */
public final class PeakMemory implements AutoCloseable {
    private static final Path CLEAR = Path.of("/proc/self/clear_refs");
    private static final String RESET_PEAK = "5";
    private static final long PERIOD_MILLIS = 5;

    private final boolean exact;
    private final AtomicLong sampled = new AtomicLong();
    private final Thread sampler = new Thread(this::sample, "memory-sampler");

    /**
     * Looks at a new piece of work alone: memory that earlier work freed and the allocator kept goes back to the system
     * first.
     */
    public static PeakMemory ofNewWork() {
        NativeHeap.trim();
        return new PeakMemory();
    }

    /** Starts to look. */
    public PeakMemory() {
        this(resetPeak());
    }

    /** @param exact whether the system's own peak was set back just now */
    PeakMemory(boolean exact) {
        this.exact = exact;
        if (!exact && ProcessMemory.resident().isPresent()) {
            sampler.setDaemon(true);
            sampler.start();
        }
    }

    /** Most bytes resident since it was opened; absent where the system does not say. */
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
