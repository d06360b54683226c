package dev.tandem.experiment.compare;

import dev.tandem.recipe.Recipe;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The cost of steps and evaluations on this machine, from a few steps.
 *
 * @param stepSeconds a step on each objective, seconds
 * @param evaluationSeconds an evaluation of both
 * @param startSeconds time before the first step: libraries, model, data
 */
public record Calibration(Map<String, Double> stepSeconds, double evaluationSeconds, double startSeconds) {
    /** A forward pass is a third of a step: the backward pass costs two of it. */
    private static final double FORWARD_SHARE = 1.0 / 3;

    public Calibration {
        stepSeconds = new LinkedHashMap<>(stepSeconds);
    }

    /** How long a run will take, seconds. */
    public double seconds(ComparisonRun run, Recipe recipe) {
        var every = recipe.train().evaluateEvery();
        var evaluations = 2 + (every > 0 ? (run.steps() - 1) / every : 0);
        var objectives = (double) recipe.objectives().size() / stepSeconds.size();
        return startSeconds + evaluations * evaluationSeconds * objectives + run.steps() * stepSeconds(run, recipe);
    }

    /** Passes forward and backward, and forward alone, on each objective. */
    private double stepSeconds(ComparisonRun run, Recipe recipe) {
        var names = List.copyOf(recipe.objectives().keySet());
        var work = run.method().work(names, run.steps());
        var seconds = 0.0;
        for (var i = 0; i < names.size(); i++) {
            seconds += (work.passes()[i] + FORWARD_SHARE * work.probes()[i]) * of(names.get(i));
        }
        return seconds;
    }

    private double of(String objective) {
        return Optional.ofNullable(stepSeconds.get(objective)).orElseThrow();
    }
}
