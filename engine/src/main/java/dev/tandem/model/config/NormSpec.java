package dev.tandem.model.config;

import dev.tandem.model.config.ParameterSpec.Init;
import java.util.List;

/**
 * A norm over the last dimension: {@code (offset + w)·x̂}, plus a bias for LayerNorm.
 *
 * @param module path in the checkpoint; its parameters are {@code module.weight} and {@code module.bias}
 * @param width number of elements that are normalised together
 * @param kind how x̂ is computed from x
 * @param eps ε added to the variance
 * @param offset 0 in most families; 1 in Gemma, whose weights are around 0
 */
public record NormSpec(String module, int width, Kind kind, double eps, double offset) {
    /** Kinds of normalisation. */
    public enum Kind {
        /** Subtracts the mean and has a bias. */
        LAYER_NORM,
        /** Divides by the root mean square only (Zhang and Sennrich, 2019, arXiv 1910.07467). */
        RMS_NORM
    }

    public NormSpec {
        if (kind == Kind.LAYER_NORM && offset != 0) {
            throw new IllegalArgumentException(module + " is a LayerNorm with an offset, which no family has");
        }
    }

    /** Its weight. Its initial value scales nothing. */
    public ParameterSpec weight() {
        return ParameterSpec.vector(module + ".weight", width, offset == 0 ? Init.ONES : Init.ZEROS);
    }

    /** Weight and, for LayerNorm, bias. */
    public List<ParameterSpec> parameters() {
        return kind == Kind.LAYER_NORM
                ? List.of(weight(), ParameterSpec.vector(module + ".bias", width, Init.ZEROS))
                : List.of(weight());
    }
}
