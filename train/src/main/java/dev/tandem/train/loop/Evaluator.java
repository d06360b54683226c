package dev.tandem.train.loop;

import dev.tandem.math.OptimalityGaps;
import dev.tandem.train.event.EvaluationEvent;
import dev.tandem.train.policy.Policy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/** Measures a policy on the fixed evaluation sets of all objectives. */
public final class Evaluator {
    private final Policy policy;
    private final List<ObjectiveTask> tasks;
    private final int batchSize;

    /** @param batchSize most examples in the model at the same time; the tasks' limits of tokens apply as well */
    public Evaluator(Policy policy, List<ObjectiveTask> tasks, int batchSize) {
        this.policy = policy;
        this.tasks = List.copyOf(tasks);
        this.batchSize = batchSize;
    }

    /**
     * Evaluates every objective that has an evaluation set.
     *
     * @param step steps done so far
     * @return empty if none has
     */
    public Optional<EvaluationEvent> evaluate(int step) {
        return evaluate(step, task -> (share, part) -> {});
    }

    /**
     * Evaluates every objective that has an evaluation set.
     *
     * @param scored gives the receiver of a task's examples as its objective sees them
     */
    public Optional<EvaluationEvent> evaluate(int step, Function<ObjectiveTask, BatchLoss.ScoredShare> scored) {
        var start = System.nanoTime();
        var losses = new LinkedHashMap<String, Double>();
        var gaps = new LinkedHashMap<String, Double>();
        var statistics = new LinkedHashMap<String, Double>();
        for (var task : tasks) {
            if (task.evaluation().examples().isEmpty()) {
                continue;
            }
            var result = BatchLoss.withoutGradient(
                    policy, task, task.evaluation(), task.microBatches().ofExamples(batchSize), scored.apply(task));
            losses.put(task.name(), result.loss());
            task.optimum().ifPresent(optimum -> gaps.put(task.name(), result.loss() - optimum));
            result.statistics().forEach((key, value) -> statistics.put(task.name() + "/" + key, value));
        }
        if (losses.isEmpty()) {
            return Optional.empty();
        }
        var distance = gaps.size() == losses.size()
                ? OptionalDouble.of(new OptimalityGaps(List.copyOf(gaps.values())).idealDistance())
                : OptionalDouble.empty();
        var seconds = (System.nanoTime() - start) * 1e-9;
        return Optional.of(new EvaluationEvent(step, losses, gaps, distance, statistics, seconds));
    }
}
