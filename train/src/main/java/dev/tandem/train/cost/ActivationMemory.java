package dev.tandem.train.cost;

import dev.tandem.model.config.BlockSpec;
import dev.tandem.model.config.ModelSpec;
import java.util.Arrays;

/**
 * The memory that autograd keeps of a forward pass for the backward pass.
 *
 * @param spec the model
 * @param bytesPerElement of activations
 * @param checkpointed whether the blocks' inputs alone are kept, and one block's activations at a time
 */
public record ActivationMemory(ModelSpec spec, int bytesPerElement, boolean checkpointed) {

    /** Bytes for each token in the model. */
    public long perToken() {
        var kept = spec.blocks().stream().mapToLong(this::ofBlock).toArray();
        var most = Arrays.stream(kept).max().orElse(0);
        // and as much again as one block keeps, while it is computed
        return most
                + (checkpointed
                        ? (long) spec.layers() * spec.hiddenSize() * bytesPerElement
                        : Arrays.stream(kept).sum());
    }

    /**
     * Inputs and results of the norms, what enters the projections and what the activation reads; query, key, value and result
     * of the attention in float32.
     */
    private long ofBlock(BlockSpec block) {
        var attention = block.attention().module();
        var numbers = 2L * block.norms().size() * spec.hiddenSize()
                + attention.queryWidth()
                + (attention.queryNorm().isPresent() ? attention.queryWidth() : 0)
                + (attention.keyNorm().isPresent() ? attention.keyValueWidth() : 0)
                + block.feedForward().module().keptNumbers();
        var floats = 2L * attention.queryWidth() + 2L * attention.keyValueWidth();
        return numbers * bytesPerElement + floats * Float.BYTES;
    }

    /**
     * Bytes of the copies that a thread makes of trained weights: they are float32, and cast where activations are not. A
     * block's copies last as long as its activations.
     *
     * @param bytesPerWeight of a copy
     */
    public long castWeights(int bytesPerWeight) {
        if (bytesPerElement == Float.BYTES) {
            return 0;
        }
        var blocks = spec.blocks().stream()
                .mapToLong(block -> block.linears().stream()
                        .mapToLong(linear -> (long) linear.in() * linear.out())
                        .sum())
                .toArray();
        var together = checkpointed
                ? Arrays.stream(blocks).max().orElse(0)
                : Arrays.stream(blocks).sum();
        return bytesPerWeight * (together + spec.outputMatrix().elements());
    }
}
