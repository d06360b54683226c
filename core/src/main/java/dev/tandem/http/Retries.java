package dev.tandem.http;

import dev.tandem.UserException;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Repeats operations that failed for a transient reason, with growing pauses and a limited number of attempts. */
public final class Retries {
    private static final Duration LONGEST_ASKED = Duration.ofMinutes(5);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    /** Number of bytes by which an attempt must advance to count as progress. */
    private static final long GAIN = 1 << 20;

    private final String doing;
    private final int attempts;
    private final Duration backOff;
    private final Consumer<String> messages;

    /**
     * Attempts of one kind.
     *
     * @param doing a verb for messages: Cannot <i>fetch</i> something
     * @param attempts number of attempts that may fail in a row
     * @param backOff pause before the first repetition; doubles each time, up to a minute
     * @param messages receives a message before every repetition
     */
    public Retries(String doing, int attempts, Duration backOff, Consumer<String> messages) {
        this.doing = doing;
        this.attempts = attempts;
        this.backOff = backOff;
        this.messages = messages;
    }

    /** An operation to attempt. */
    @FunctionalInterface
    public interface Attempt<T> {
        /** @throws IOException if it failed and may be tried again */
        T run() throws IOException;
    }

    /**
     * The result of the first attempt that has one.
     *
     * @param what name of the result, for messages
     * @param position number of bytes present: attempts that add to them are not counted
     * @throws UserException if no attempt succeeded
     */
    public <T> T run(String what, LongSupplier position, Attempt<T> attempt) {
        var failures = 0;
        while (true) {
            var before = position.getAsLong();
            try {
                return attempt.run();
            } catch (IOException e) {
                failures = position.getAsLong() - before >= GAIN ? 1 : failures + 1;
                if (failures >= attempts) {
                    throw new UserException(
                            cannot(what, e) + " (after " + attempts + " attempts). Check the network, then run the same"
                                    + " command again: it continues with what is already there.",
                            e);
                }
                pause(what, e, failures);
            }
        }
    }

    private void pause(String what, IOException failure, int failures) {
        var wait = backOff.multipliedBy(1L << Math.min(failures - 1, 30));
        wait = wait.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : wait;
        if (failure instanceof PassingFailure passing && passing.asked().isPresent()) {
            wait = passing.asked().get();
            if (wait.compareTo(LONGEST_ASKED) > 0) {
                throw new UserException(
                        cannot(what, failure) + ", and asks to wait " + wait.toSeconds()
                                + " s. Run the same command again then: it continues with what is already there.",
                        failure);
            }
        }
        messages.accept(what + ": " + words(failure) + "; trying again in " + wait.toMillis() / 1000.0 + " s");
        try {
            Thread.sleep(wait.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserException(what + ": stopped.", e);
        }
    }

    private String cannot(String what, IOException failure) {
        return "Cannot " + doing + " " + what + ": " + words(failure);
    }

    private static String words(IOException failure) {
        return failure instanceof PassingFailure || failure.getMessage() == null
                ? String.valueOf(failure.getMessage() == null ? failure : failure.getMessage())
                : failure.getClass().getSimpleName() + ", " + failure.getMessage();
    }
}
