package dev.tandem.model;

/**
 * A linear module of a block, {@code y = x·Wᵀ + b}: what LoRA can attach to.
 *
 * @param name module path in the checkpoint, without {@code .weight}
 * @param in input width
 * @param out output width
 * @param bias whether it has a bias
 */
public record LinearSpec(String name, int in, int out, boolean bias) {

    /** Last part of the path: the name LoRA targets are given by ({@code q_proj}). */
    public String shortName() {
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
