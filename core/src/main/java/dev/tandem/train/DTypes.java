package dev.tandem.train;

import dev.tandem.recipe.TrainRecipe.Precision;
import dev.tandem.tensor.DType;

/** What recipes call a precision, as checkpoints and libtorch call it: neither recipes nor tensors know of each other. */
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
