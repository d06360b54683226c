package dev.tandem.recipe;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which method trains, by its {@code name}. {@code lambda} ∈ [0, 1] is the weight of the objective called
 * {@code preference} among two; {@code weights}, by objective name and summing to one, takes its place otherwise.
 */
public sealed interface MethodRecipe {

    /**
     * One objective after another.
     *
     * @param order objective names, each once
     * @param split share of the steps of the first stage (two objectives), default 0.5
     * @param stageSteps steps of each stage, in order; takes the place of {@code split}
     */
    record Sequential(List<String> order, Optional<Double> split, Optional<List<Integer>> stageSteps)
            implements MethodRecipe {}

    /** Weighted sum of all gradients at every step. */
    record Mix(Optional<Double> lambda, Optional<Map<String, Double>> weights) implements MethodRecipe {}

    /**
     * One objective a step, drawn with its weight.
     *
     * @param draws independent draws, or a balanced low-discrepancy sequence of the same frequencies
     */
    record Alright(Optional<Double> lambda, Optional<Map<String, Double>> weights, Draws draws)
            implements MethodRecipe {}

    /**
     * One objective a step: the one with the largest weighted gap.
     *
     * @param evaluateEvery steps between evaluations of all objectives on their next batches (the paper's k)
     */
    record Maxright(Optional<Double> lambda, Optional<Map<String, Double>> weights, int evaluateEvery)
            implements MethodRecipe {}

    /** One objective alone; reports the f* it reaches. */
    record Optimum(String objective) implements MethodRecipe {}

    /** How ALRIGHT draws. */
    enum Draws {
        BERNOULLI,
        BALANCED
    }
}
