package dev.tandem.model.config;

import java.util.List;

/**
 * A linear module of a block, {@code y = x·Wᵀ + b}, which LoRA can attach to.
 *
 * @param name module path in the checkpoint, without {@code .weight}
 * @param in input width
 * @param out output width
 * @param bias whether it has a bias
 */
public record LinearSpec(String name, int in, int out, boolean bias) {

    /** Last part of the path: the name by which LoRA targets refer to it ({@code q_proj}). */
    public String shortName() {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /** W's name in the checkpoint. */
    public String weightName() {
        return name + ".weight";
    }

    /** b's name in the checkpoint. */
    public String biasName() {
        return name + ".bias";
    }

    /** W, {@code [out, in]}, and b, {@code [out]}, if it has one. */
    public List<ParameterSpec> parameters() {
        var weight = ParameterSpec.matrix(weightName(), out, in);
        return bias
                ? List.of(weight, ParameterSpec.vector(biasName(), out, ParameterSpec.Init.ZEROS))
                : List.of(weight);
    }
}
