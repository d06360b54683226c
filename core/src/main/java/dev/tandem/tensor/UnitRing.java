package dev.tandem.tensor;

/**
 * Assigns buffers to the units of a model while they are computed, when there is not enough memory for all of them.
 * Units are the embedding (0), the blocks (1 and on) and, unless it is the embedding, the output head. Blocks rotate
 * through a few buffers of a block's size; embedding and head share one, the first.
 *
 * @param blocks number of the model's blocks
 * @param size number of buffers for blocks
 */
public record UnitRing(int blocks, int size) {
    /** One block is being computed, one gathered, one released. */
    private static final int PARAMETERS = 3;

    /** One block's gradient is summed while the next one's is computed. */
    private static final int GRADIENTS = 2;

    /** The rotation of parameters, where ranks partition them. */
    public static UnitRing ofParameters(int blocks) {
        return new UnitRing(blocks, PARAMETERS);
    }

    /** The rotation of gradients, where ranks partition them. */
    public static UnitRing ofGradients(int blocks) {
        return new UnitRing(blocks, GRADIENTS);
    }

    /** Number of buffers. */
    public int slots() {
        return 1 + Math.min(size, blocks);
    }

    /** Number of the buffer of a unit, from 0. */
    public int slot(int unit) {
        return isBlock(unit) ? 1 + (unit - 1) % size : 0;
    }

    /** Whether a unit is a block. */
    public boolean isBlock(int unit) {
        return unit >= 1 && unit <= blocks;
    }
}
