package dev.tandem.train.checkpoint;

import dev.tandem.data.stream.StreamState;
import dev.tandem.io.InputJson;
import dev.tandem.method.MethodState;
import dev.tandem.train.event.EvaluationEvent;
import dev.tandem.train.event.ObjectiveWork;
import dev.tandem.train.loop.TrainingState;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * The JSON form of {@link TrainingState}.
 *
 * @param version format of the checkpoint
 */
record SavedState(
        int version,
        int step,
        Map<String, Double> method,
        Map<String, StreamState> streams,
        Optional<EvaluationEvent> first,
        Optional<EvaluationEvent> last,
        long tokens,
        double seconds,
        int skipped,
        int skippedInARow,
        Optional<Map<String, ObjectiveWork>> work,
        Optional<Boolean> stagedSchedule) {
    static final String FILE = "state.json";
    private static final int MAX_BYTES = 10_000_000;

    static String json(TrainingState state) {
        return JsonMapper.shared()
                .writeValueAsString(new SavedState(
                        CheckpointManifest.VERSION,
                        state.step(),
                        state.method().values(),
                        state.streams(),
                        state.first(),
                        state.last(),
                        state.tokens(),
                        state.seconds(),
                        state.skipped(),
                        state.skippedInARow(),
                        state.work(),
                        Optional.of(state.stagedSchedule())));
    }

    /**
     * Reads the state of a checkpoint.
     *
     * @throws tools.jackson.core.JacksonException if it is malformed
     */
    static TrainingState read(Path checkpoint) {
        var saved = JsonMapper.shared()
                .convertValue(InputJson.object(checkpoint.resolve(FILE), MAX_BYTES), SavedState.class);
        return new TrainingState(
                saved.step(),
                new MethodState(saved.method()),
                saved.streams(),
                saved.first(),
                saved.last(),
                saved.tokens(),
                saved.seconds(),
                saved.skipped(),
                saved.skippedInARow(),
                saved.work(),
                saved.stagedSchedule().orElse(false));
    }
}
