package dev.tandem.train.policy;

import dev.tandem.recipe.TrainRecipe.Precision;
import dev.tandem.tensor.DType;

/**
 * Converts a recipe's precision to the dtype of checkpoints and libtorch, since recipes and tensors do not depend on each
 * other.
 */
public final class DTypes {
    private DTypes() {}

    /** The dtype of weights and activations. */
    public static DType of(Precision precision) {
        return switch (precision) {
            case FP32 -> DType.F32;
            case BF16 -> DType.BF16;
        };
    }
}
