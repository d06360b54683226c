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
     * @param evaluateEvery steps after which an objective's loss is too old and is evaluated (the paper's k)
     * @param evaluateOn which batches are evaluated
     * @param smoothing s of the running mean behind a gap, where a loss of t steps ago has weight s^t: 0 for the last loss
     *     alone, below 1
     */
    record Maxright(
            Optional<Double> lambda,
            Optional<Map<String, Double>> weights,
            int evaluateEvery,
            Look evaluateOn,
            double smoothing)
            implements MethodRecipe {
        /** The k that is usual. */
        public static final int EVALUATE_EVERY = 10;

        /** The smoothing that is usual: a mean over the last ten steps or so. */
        public static final double SMOOTHING = 0.9;
    }

    /** One objective alone; reports the f* it reaches. */
    record Optimum(String objective) implements MethodRecipe {}

    /** Which losses MAXRIGHT is told of objectives it does not step on. */
    enum Look {
        /** Of a training batch drawn for the purpose: says how the objective stands. */
        OTHER_BATCH,
        /** Of the batch each objective would train on next, all objectives at the same time. */
        NEXT_BATCH
    }

    /** How ALRIGHT draws. */
    enum Draws {
        /** Independently. */
        BERNOULLI,
        /** So that after any n steps every objective was drawn within 1 of w·n times. */
        BALANCED
    }
}
