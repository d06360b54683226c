package dev.tandem.train;

import dev.tandem.data.Example;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Finds the examples of a batch whose loss is not finite, one by one: slow, for a run that stops. */
final class BadExamples {
    private BadExamples() {}

    /** Which examples of the batches are to blame; indices count the examples of an objective that were kept, from 0. */
    static String describe(Policy policy, List<Task> tasks, List<TrainingBatch> batches) {
        var bad = new ArrayList<String>();
        for (var i = 0; i < tasks.size(); i++) {
            var task = tasks.get(i);
            var batch = batches.get(i);
            var own = batch.examples().stream()
                    .filter(example -> !hasFiniteLoss(policy, task, batch.part(List.of(example))))
                    .toList();
            if (!own.isEmpty()) {
                bad.add(task.name() + " " + indices(own));
            }
        }
        if (!bad.isEmpty()) {
            return "Examples whose loss is not finite (numbered from 0 as they were kept): " + String.join("; ", bad)
                    + ".";
        }
        for (var i = 0; i < tasks.size(); i++) {
            bad.add(tasks.get(i).name() + " " + indices(batches.get(i).examples()));
        }
        return "By itself the loss of each example is finite; the batch is (numbered from 0 as they were kept): "
                + String.join("; ", bad) + ".";
    }

    private static boolean hasFiniteLoss(Policy policy, Task task, TrainingBatch example) {
        return Double.isFinite(BatchLoss.withoutGradient(policy, task, example, task.microBatches())
                .loss());
    }

    private static String indices(List<Example> examples) {
        return examples.stream().map(example -> String.valueOf(example.index())).collect(Collectors.joining(", "));
    }
}
