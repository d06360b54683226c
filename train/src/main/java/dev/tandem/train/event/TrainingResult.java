package dev.tandem.train.event;

import java.util.Map;
import java.util.Optional;

/**
 * How training ended.
 *
 * @param reason kind of end
 * @param why the reason, as the end of a sentence
 * @param steps steps done
 * @param skipped of these, left out because a loss or gradient was not finite
 * @param first evaluation before step 0; absent if there are no evaluation sets
 * @param last the last evaluation; absent if there are no evaluation sets
 * @param tokens tokens read
 * @param seconds training steps took, evaluations not counted
 * @param work what was done for each objective, by name; absent if a checkpoint of an earlier version did not count it
 */
public record TrainingResult(
        Reason reason,
        String why,
        int steps,
        int skipped,
        Optional<EvaluationEvent> first,
        Optional<EvaluationEvent> last,
        long tokens,
        double seconds,
        Optional<Map<String, ObjectiveWork>> work) {

    /** Why training ended. */
    public enum Reason {
        /** All steps were done. */
        COMPLETED,
        /** The early-stop rule of the recipe held. */
        EARLY_STOP,
        /** A stop was requested. */
        INTERRUPTED
    }
}
