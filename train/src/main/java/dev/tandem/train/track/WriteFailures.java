package dev.tandem.train.track;

import dev.tandem.UserException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;

/**
 * What becomes of a run when something of it cannot be written: it ends, or it goes on, and the failures are counted and
 * said. Weights and results at a run's end are not written through this: without them a run is worth nothing.
 */
public final class WriteFailures {
    private final OnWriteFailure choice;
    private final Consumer<String> warnings;
    private int count;

    /** @param warnings told of failures after which the run goes on */
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
            // a disk that stays full would say it at every step
            if (Integer.bitCount(count) == 1) {
                warnings.accept("Warning: " + e.getMessage()
                        + " The run goes on, as train.on-write-failure says; failures so" + " far: " + count);
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
