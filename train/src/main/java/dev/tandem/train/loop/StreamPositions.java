package dev.tandem.train.loop;

import dev.tandem.UserException;
import dev.tandem.data.stream.StreamState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Saves and restores the positions of all tasks' data streams. */
final class StreamPositions {
    /** No objective's name has a slash. */
    private static final String LOOKS = "/looks";

    private StreamPositions() {}

    static Map<String, StreamState> states(List<ObjectiveTask> tasks) {
        var result = new LinkedHashMap<String, StreamState>();
        for (var task : tasks) {
            result.put(task.name(), task.batches().state());
            result.put(task.name() + LOOKS, task.probes().state());
        }
        return result;
    }

    /** @throws UserException if a position is not one of the task's data */
    static void restore(List<ObjectiveTask> tasks, Map<String, StreamState> states) {
        for (var task : tasks) {
            try {
                task.batches().restore(position(states, task.name()));
                task.probes().restore(position(states, task.name() + LOOKS));
            } catch (IllegalArgumentException e) {
                throw new UserException(
                        "Objective " + task.name()
                                + ": the checkpoint's position in the data does not fit this recipe: " + e.getMessage()
                                + ". Resume with the recipe the checkpoint was made with.",
                        e);
            }
        }
    }

    private static StreamState position(Map<String, StreamState> states, String name) {
        return Optional.ofNullable(states.get(name))
                .orElseThrow(() -> new IllegalArgumentException("no position was saved for " + name));
    }
}
