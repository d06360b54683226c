package dev.tandem.tensor;

/**
 * Which buffer a unit of a model has while it is computed, when there is not room for all of them. Units are the embedding
 * (0), the blocks (1 and on) and, unless it is the embedding, the output head. Blocks take turns in a few buffers of a
 * block's size; embedding and head share one, the first.
 *
 * @param blocks of the model
 * @param size buffers for blocks
 */
public record UnitRing(int blocks, int size) {
    /** One block is computed, one brought together, one given back. */
    private static final int PARAMETERS = 3;

    /** One block's gradient is summed while the next one's is computed. */
    private static final int GRADIENTS = 2;

    /** What parameters take turns in, where ranks split them. */
    public static UnitRing ofParameters(int blocks) {
        return new UnitRing(blocks, PARAMETERS);
    }

    /** What gradients take turns in, where ranks split them. */
    public static UnitRing ofGradients(int blocks) {
        return new UnitRing(blocks, GRADIENTS);
    }

    /** How many buffers there are. */
    public int slots() {
        return 1 + Math.min(size, blocks);
    }

    /** The buffer of a unit, from 0. */
    public int slot(int unit) {
        return isBlock(unit) ? 1 + (unit - 1) % size : 0;
    }

    /** Whether a unit is a block. */
    public boolean isBlock(int unit) {
        return unit >= 1 && unit <= blocks;
    }
}
