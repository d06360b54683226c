package dev.tandem.train.loop;

import dev.tandem.UserException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Steps left out because a loss or the gradient was not finite: the parameters stay as they were and training continues
 * with the next batch. If too many follow each other, the run stops, since the cause is not a single bad batch then.
 */
final class SkippedSteps {
    private final int mostInARow;
    private int total;
    private int inARow;

    /** @param mostInARow steps in a row that are left out; one more stops the run */
    SkippedSteps(int mostInARow) {
        this.mostInARow = mostInARow;
    }

    /**
     * Counts a step.
     *
     * @param names objective of each loss
     * @return what was not finite, if the step is to be left out
     */
    Optional<String> count(List<String> names, List<BatchLoss> losses, double gradNorm) {
        var what = notFinite(names, losses, gradNorm);
        inARow = what.isPresent() ? inARow + 1 : 0;
        total += what.isPresent() ? 1 : 0;
        return what;
    }

    private static Optional<String> notFinite(List<String> names, List<BatchLoss> losses, double gradNorm) {
        for (var i = 0; i < names.size(); i++) {
            if (!Double.isFinite(losses.get(i).loss())) {
                return Optional.of(
                        "the loss of " + names.get(i) + " is " + losses.get(i).loss());
            }
        }
        return Double.isFinite(gradNorm) ? Optional.empty() : Optional.of("the gradient's norm is " + gradNorm);
    }

    /**
     * The message about a step that is left out.
     *
     * @param step its number
     * @param what was not finite
     * @param examples which examples are to blame
     * @param checkpoint the last checkpoint's name, if there is one
     * @throws UserException if it is one too many
     */
    String message(int step, String what, Supplier<String> examples, Supplier<Optional<String>> checkpoint) {
        var start = "Step " + step + ": " + what + ". ";
        if (inARow <= mostInARow) {
            return start + "The step is skipped, the parameters stay as they are"
                    + (inARow > 1 ? " (" + inARow + " in a row)." : ".");
        }
        throw new UserException(start
                + (mostInARow == 0
                        ? "No step may be skipped (train.max-consecutive-skips is 0)."
                        : "That is after " + mostInARow + " steps in a row were skipped (train.max-consecutive-skips).")
                + " The parameters were not updated by it. " + examples.get() + " "
                + checkpoint
                        .get()
                        .map(name -> "The last checkpoint is " + name + ". ")
                        .orElse("There is no checkpoint. ")
                + "Lower optimizer.learning-rate, lengthen optimizer.warmup-steps, train with precision fp32, or inspect"
                + " these examples.");
    }

    /** Whether the last step was left out. */
    boolean now() {
        return inARow > 0;
    }

    /** Steps left out so far. */
    int total() {
        return total;
    }

    /** Of these, the ones since the last good step. */
    int inARow() {
        return inARow;
    }

    /** Restores the counts. */
    void restore(int newTotal, int newInARow) {
        total = newTotal;
        inARow = newInARow;
    }
}
