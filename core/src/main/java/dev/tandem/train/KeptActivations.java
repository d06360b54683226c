package dev.tandem.train;

import dev.tandem.model.ModelConfig;
import dev.tandem.model.ParameterLayout;

/**
 * What autograd keeps of a forward pass for the backward pass.
 *
 * @param config the model
 * @param bytesPerElement of activations
 * @param checkpointed whether the blocks' inputs alone are kept, and one block's activations at a time
 */
public record KeptActivations(ModelConfig config, int bytesPerElement, boolean checkpointed) {

    /** Bytes for each token in the model. */
    public long perToken() {
        // for each token and block: inputs and results of both norms, what enters the projections and what the
        // activation
        // reads; query, key, value and result of the attention in float32
        var normed = config.qkNorm() ? config.queryWidth() + config.keyValueWidth() : 0L;
        var widthKept = 4L * config.hiddenSize()
                + config.queryWidth()
                + normed
                + (config.gatedMlp() ? 4L : 2L) * config.intermediateSize();
        var attentionKept = 2L * config.queryWidth() + 2L * config.keyValueWidth();
        var perBlock = widthKept * bytesPerElement + attentionKept * Float.BYTES;
        // and as much again as one block keeps, while it is computed
        return perBlock + config.layers() * (checkpointed ? (long) config.hiddenSize() * bytesPerElement : perBlock);
    }

    /**
     * Bytes of the copies that a lane makes of trained weights: they are float32, and cast where activations are not. A
     * block's copies last as long as its activations.
     *
     * @param bytesPerWeight of a copy
     */
    public long castWeights(int bytesPerWeight) {
        if (bytesPerElement == Float.BYTES) {
            return 0;
        }
        var blocks = ParameterLayout.of(config).linears().stream()
                .mapToLong(linear -> (long) linear.in() * linear.out())
                .sum();
        var head = (long) config.vocabSize() * config.hiddenSize();
        return bytesPerWeight * (blocks / (checkpointed ? config.layers() : 1) + head);
    }
}
