package dev.tandem.objective;

import dev.tandem.data.RowShape;
import java.util.Arrays;
import java.util.Map;

/**
 * Supervised fine-tuning: the mean over the batch's response tokens of −log π(y_t | x, y_&lt;t).
 *
 * <p>loss = −Σ_t log p_t / T and ∂loss/∂log p_t = −1/T, with T the trained tokens of the <em>whole</em> batch: long
 * responses count by their length, and no split into micro-batches changes the loss.
 */
public record Sft() implements Objective {

    @Override
    public RowShape shape() {
        return RowShape.RESPONSE;
    }

    @Override
    public boolean needsReference() {
        return false;
    }

    @Override
    public double normalizer(int examples, long trainedTokens) {
        return trainedTokens;
    }

    /** @throws IllegalArgumentException if the normaliser is not a positive number */
    @Override
    public LossAndWeights evaluate(LogProbs policy, double[] referenceSums, double normalizer) {
        Checks.normalizer(normalizer);
        var sum = 0.0;
        for (var value : policy.values()) {
            sum += value;
        }
        var weights = new float[policy.values().length];
        Arrays.fill(weights, (float) (-1.0 / normalizer));
        return new LossAndWeights(-sum / normalizer, weights, Map.of());
    }
}
