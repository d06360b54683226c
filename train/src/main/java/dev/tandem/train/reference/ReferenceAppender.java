package dev.tandem.train.reference;

import dev.tandem.UserException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Keeps log-probs as they are computed, a slice at a time, so that a run that is killed loses the last slice only. If the
 * store cannot be written, this is reported once, and nothing more is kept.
 */
final class ReferenceAppender {
    private final ReferenceStore store;
    private final long sliceNanos;
    private final Consumer<String> messages;
    private final Map<ExampleDigest, double[]> slice = new LinkedHashMap<>();
    private long started = System.nanoTime();
    private boolean writable = true;

    /**
     * A writer to a store.
     *
     * @param longest computing time that may be lost
     * @param messages notified if log-probs cannot be kept
     */
    ReferenceAppender(ReferenceStore store, Duration length, Consumer<String> messages) {
        this.store = store;
        this.sliceNanos = length.toNanos();
        this.messages = messages;
    }

    /** Starts a new slice. */
    void begin() {
        started = System.nanoTime();
    }

    /** Adds log-probs of an example, unless they are NaN: these are an error that the run reports, and are not kept. */
    void add(ExampleDigest digest, double[] sums) {
        if (writable && Arrays.stream(sums).allMatch(Double::isFinite)) {
            slice.put(digest, sums);
        }
    }

    /** Writes the slice if it is long enough. */
    void writeIfDue() {
        if (System.nanoTime() - started >= sliceNanos) {
            write(() -> store.add(slice));
            slice.clear();
            begin();
        }
    }

    /** Writes what is left, and merges small files. */
    void finish() {
        write(() -> store.add(slice));
        slice.clear();
        write(store::compact);
    }

    private void write(Runnable action) {
        if (!writable) {
            return;
        }
        try {
            action.run();
        } catch (UserException e) {
            writable = false;
            messages.accept("Reference log-probs are not kept, the run continues: " + e.getMessage());
        }
    }
}
