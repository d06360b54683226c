package dev.tandem.train.loop;

import dev.tandem.data.stream.StreamState;
import dev.tandem.method.MethodState;
import dev.tandem.train.event.EvaluationEvent;
import dev.tandem.train.event.ObjectiveWork;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Everything but tensors that training needs to continue exactly where it was.
 *
 * @param step steps done
 * @param method the method's state
 * @param streams where every objective's data stream is, by objective name
 * @param first evaluation before step 0; absent if there are no evaluation sets
 * @param last the last evaluation so far
 * @param tokens tokens read so far
 * @param seconds trained so far
 * @param skipped steps left out so far because a loss or gradient was not finite
 * @param skippedInARow of these, the ones since the last good step
 * @param work what was done for each objective, by name; absent if a checkpoint of an earlier version did not count it
 * @param stagedSchedule whether the learning rate's schedule begins again with each stage of a method
 */
public record TrainingState(
        int step,
        MethodState method,
        Map<String, StreamState> streams,
        Optional<EvaluationEvent> first,
        Optional<EvaluationEvent> last,
        long tokens,
        double seconds,
        int skipped,
        int skippedInARow,
        Optional<Map<String, ObjectiveWork>> work,
        boolean stagedSchedule) {
    public TrainingState {
        streams = new LinkedHashMap<>(streams);
    }

    /** Whether the evaluation after these steps was made; one that is due comes after the checkpoint of a run that was stopped. */
    public boolean evaluated() {
        return last.map(EvaluationEvent::step).equals(Optional.of(step));
    }
}
