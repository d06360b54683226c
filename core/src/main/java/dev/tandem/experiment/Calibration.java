package dev.tandem.experiment;

import dev.tandem.recipe.ComparisonRecipe;
import dev.tandem.recipe.MethodRecipe;
import dev.tandem.recipe.Recipe;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What things cost on this machine, from a few steps.
 *
 * @param stepSeconds a step on each objective, seconds
 * @param evaluationSeconds an evaluation of both
 * @param startSeconds what comes before the first step: libraries, model, data
 */
public record Calibration(Map<String, Double> stepSeconds, double evaluationSeconds, double startSeconds) {
    /** A forward pass is a third of a step: the backward pass costs two of it. */
    private static final double FORWARD_SHARE = 1.0 / 3;

    public Calibration {
        stepSeconds = new LinkedHashMap<>(stepSeconds);
    }

    /** How long a run will take, seconds. */
    public double seconds(PlannedRun run, Recipe recipe) {
        var every = recipe.train().evaluateEvery();
        var evaluations = 2 + (every > 0 ? (run.steps() - 1) / every : 0);
        var objectives = (double) recipe.objectives().size() / stepSeconds.size();
        return startSeconds + evaluations * evaluationSeconds * objectives + run.steps() * stepSeconds(run);
    }

    private double stepSeconds(PlannedRun run) {
        var sum = stepSeconds.values().stream().mapToDouble(Double::doubleValue).sum();
        if (run.method() instanceof MethodRecipe.Optimum optimum) {
            return of(optimum.objective());
        }
        if (run.method() instanceof MethodRecipe.Mix) {
            return sum;
        }
        var lambda = run.lambda().orElseThrow();
        var preference = of(ComparisonRecipe.PREFERENCE);
        var one = lambda * preference + (1 - lambda) * (sum - preference);
        return run.method() instanceof MethodRecipe.Maxright maxright
                ? one + FORWARD_SHARE * (sum - one) / maxright.evaluateEvery()
                : one;
    }

    private double of(String objective) {
        return Optional.ofNullable(stepSeconds.get(objective)).orElseThrow();
    }
}
