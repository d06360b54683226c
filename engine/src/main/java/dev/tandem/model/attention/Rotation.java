package dev.tandem.model.attention;

import org.bytedeco.pytorch.Tensor;

/** Turns query and key heads by their tokens' positions. */
interface Rotation {
    /**
     * Rotates the first dimensions of every head.
     *
     * @param heads {@code [tokens, heads, headDim]}, float32
     * @return the same shape
     */
    Tensor rotate(Tensor heads);
}
