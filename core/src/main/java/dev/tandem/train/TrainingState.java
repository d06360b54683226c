package dev.tandem.train;

import dev.tandem.data.StreamState;
import dev.tandem.method.MethodState;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Everything but tensors that training needs to go on exactly where it was.
 *
 * @param step steps done
 * @param method the method's state
 * @param streams where every objective's data stream is, by objective name
 * @param tokens tokens read so far
 * @param seconds trained so far
 * @param skipped steps left out so far because a loss or gradient was not finite
 * @param skippedInARow of these, the last ones without a good step since
 */
public record TrainingState(
        int step,
        MethodState method,
        Map<String, StreamState> streams,
        long tokens,
        double seconds,
        int skipped,
        int skippedInARow) {
    public TrainingState {
        streams = new LinkedHashMap<>(streams);
    }
}
