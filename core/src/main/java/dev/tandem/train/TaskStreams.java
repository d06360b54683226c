package dev.tandem.train;

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

    static void restore(List<Task> tasks, Map<String, StreamState> states) {
        for (var task : tasks) {
            var state = states.get(task.name());
            if (state == null) {
                throw new IllegalArgumentException("no saved position for the data of objective " + task.name());
            }
            task.stream().restore(state);
        }
    }
}
