package dev.tandem.hub;

import dev.tandem.UserException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Repeats what failed for a reason that passes, with growing pauses and not for ever. */
final class Retries {
    private static final int ATTEMPTS = 5;
    private static final Duration LONGEST_ASKED = Duration.ofMinutes(5);
    /** Bytes that make a failed attempt count as one that got on. */
    private static final long GAIN = 1 << 20;

    private final Duration backOff;
    private final Progress progress;

    Retries(Duration backOff, Progress progress) {
        this.backOff = backOff;
        this.progress = progress;
    }

    /** A failure that may pass. */
    static final class Passing extends IOException {
        private static final long serialVersionUID = 1L;
        private final transient Optional<Duration> asked;

        /** @param asked how long the other side asks to wait */
        Passing(String message, Optional<Duration> asked) {
            super(message);
            this.asked = asked;
        }
    }

    /** Something to try. */
    @FunctionalInterface
    interface Attempt<T> {
        T run() throws IOException;
    }

    /**
     * The result of the first attempt that has one.
     *
     * @param what is wanted, for messages
     * @param position bytes that are there: attempts that add to them are not counted
     * @throws UserException if none had
     */
    <T> T run(String what, LongSupplier position, Attempt<T> attempt) {
        var failures = 0;
        while (true) {
            var before = position.getAsLong();
            try {
                return attempt.run();
            } catch (IOException e) {
                failures = position.getAsLong() - before >= GAIN ? 1 : failures + 1;
                if (failures >= ATTEMPTS) {
                    throw new UserException(
                            "Cannot fetch " + what + ": " + words(e) + " (after " + ATTEMPTS + " attempts). Check the"
                                    + " network, then run the same command again: it goes on with what is there.",
                            e);
                }
                pause(what, e, failures);
            }
        }
    }

    private void pause(String what, IOException failure, int failures) {
        var wait = backOff.multipliedBy(1L << (failures - 1));
        if (failure instanceof Passing passing && passing.asked.isPresent()) {
            wait = passing.asked.get();
            if (wait.compareTo(LONGEST_ASKED) > 0) {
                throw new UserException(
                        "Cannot fetch " + what + ": " + words(failure) + ", and asks to wait " + wait.toSeconds()
                                + " s. Run the same command again then: it goes on with what is there.",
                        failure);
            }
        }
        progress.message(what + ": " + words(failure) + "; trying again in " + wait.toMillis() / 1000.0 + " s");
        try {
            Thread.sleep(wait.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserException("Fetching " + what + " was stopped.", e);
        }
    }

    private static String words(IOException failure) {
        return failure instanceof Passing || failure.getMessage() == null
                ? String.valueOf(failure.getMessage() == null ? failure : failure.getMessage())
                : failure.getClass().getSimpleName() + ", " + failure.getMessage();
    }
}
