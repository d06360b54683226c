package dev.tandem.train;

import dev.tandem.UserException;
import dev.tandem.data.StreamState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Saves and restores the positions of all tasks' data streams. */
final class TaskStreams {
    private TaskStreams() {}

    static Map<String, StreamState> states(List<Task> tasks) {
        var result = new LinkedHashMap<String, StreamState>();
        tasks.forEach(task -> result.put(task.name(), task.stream().state()));
        return result;
    }

    /** @throws UserException if a position is not one of the task's data */
    static void restore(List<Task> tasks, Map<String, StreamState> states) {
        for (var task : tasks) {
            var state = states.get(task.name());
            if (state == null) {
                throw new IllegalArgumentException("no saved position for the data of objective " + task.name());
            }
            try {
                task.stream().restore(state);
            } catch (IllegalArgumentException e) {
                throw new UserException(
                        "Objective " + task.name()
                                + ": the checkpoint's position in the data does not fit this recipe: " + e.getMessage()
                                + ". Resume with the recipe the checkpoint was made with.",
                        e);
            }
        }
    }
}
