package dev.tandem.train.track;

import dev.tandem.UserException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;

/**
 * Decides what a run does when something cannot be written: it ends, or it continues, and the failures are counted and
 * reported. Weights and results at a run's end are not written through this: without them a run is worth nothing.
 */
public final class WriteFailures {
    private final OnWriteFailure choice;
    private final Consumer<String> warnings;
    private int count;

    /** @param warnings receives failures after which the run continues */
    public WriteFailures(OnWriteFailure choice, Consumer<String> warnings) {
        this.choice = choice;
        this.warnings = warnings;
    }

    /**
     * Writes.
     *
     * @return whether it was written
     * @throws UserException if it cannot be, and the recipe says to stop then
     */
    public boolean attempt(Runnable write) {
        try {
            write.run();
            return true;
        } catch (UserException e) {
            if (choice == OnWriteFailure.STOP || !isOfTheDisk(e)) {
                throw e;
            }
            count++;
            // a disk that stays full would repeat it at every step
            if (Integer.bitCount(count) == 1) {
                warnings.accept("Warning: " + e.getMessage()
                        + " The run continues, as train.on-write-failure says; failures so far: " + count);
            }
            return false;
        }
    }

    private static boolean isOfTheDisk(Throwable e) {
        for (var cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException || cause instanceof UncheckedIOException) {
                return true;
            }
        }
        return false;
    }

    /** Failures so far. */
    public int count() {
        return count;
    }
}
