package dev.tandem.objective.response;

import dev.tandem.data.example.RowShape;
import dev.tandem.objective.BatchCounts;
import dev.tandem.objective.LossAndTokenGradients;
import dev.tandem.objective.LossRecipe;
import dev.tandem.objective.LossType;
import dev.tandem.objective.Objective;
import dev.tandem.objective.ScoredBatch;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Supervised fine-tuning: the mean over the batch's response tokens of −log π(y_t | x, y_&lt;t).
 *
 * <p>loss = −Σ_t log p_t / T and ∂loss/∂log p_t = −1/T, with T the trained tokens of the <em>whole</em> batch: long
 * responses count by their length, and no split into micro-batches changes the loss.
 */
public record Sft() implements Objective {
    /** {@code loss: sft}. */
    public static final LossType TYPE = LossType.of("sft", RowShape.RESPONSE, List.of(), section -> recipe());

    /** The loss as a recipe names it. */
    public static LossRecipe recipe() {
        return new LossRecipe("sft", Map.of(), new Sft());
    }

    @Override
    public RowShape shape() {
        return RowShape.RESPONSE;
    }

    @Override
    public boolean needsReference() {
        return false;
    }

    /** @throws IllegalArgumentException if the batch has no trained token */
    @Override
    public LossAndTokenGradients evaluate(ScoredBatch part, BatchCounts batch) {
        var tokens = (double) batch.trainedTokens().get(0);
        if (tokens == 0.0) {
            throw new IllegalArgumentException("a mean over tokens needs a trained token");
        }
        var values = part.policy().values();
        var sum = 0.0;
        for (var value : values) {
            sum += value;
        }
        var weights = new float[values.length];
        Arrays.fill(weights, (float) (-1.0 / tokens));
        return new LossAndTokenGradients(-sum / tokens, weights, Map.of());
    }
}
