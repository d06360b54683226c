package dev.tandem.train;

import dev.tandem.data.Example;
import dev.tandem.model.ModelConfig;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;

/**
 * What training will need, in bytes, part by part; an estimate from shapes, printed before the first step.
 *
 * @param weights the model's parameters
 * @param optimizer float32 copy, gradient and two moments of the trainable parameters
 * @param activations what the backward pass of the largest micro-batch keeps
 * @param head tiles of logits
 */
public record MemoryEstimate(long weights, long optimizer, long activations, long head) {

    /**
     * Estimates from shapes.
     *
     * @param trainable trainable elements
     * @param allTrained whether the trainable elements are the model itself
     * @param bytesPerElement of activations
     * @param bytesPerWeight of frozen weights
     * @param tokens tokens of the largest micro-batch
     * @param head what the output head needs, bytes
     * @param checkpointActivations whether the blocks' inputs alone are kept, and one block's activations at a time
     */
    static MemoryEstimate of(
            ModelConfig config,
            long parameters,
            long trainable,
            boolean allTrained,
            int bytesPerElement,
            int bytesPerWeight,
            long tokens,
            long head,
            boolean checkpointActivations) {
        // kept by autograd for each token and block: inputs and results of both norms, what enters the projections and
        // what the activation reads; query, key, value and result of the attention in float32
        var normed = config.qkNorm() ? config.queryWidth() + config.keyValueWidth() : 0L;
        var widthKept = 4L * config.hiddenSize()
                + config.queryWidth()
                + normed
                + (config.gatedMlp() ? 4L : 2L) * config.intermediateSize();
        var attentionKept = 2L * config.queryWidth() + 2L * config.keyValueWidth();
        var perBlock = widthKept * bytesPerElement + attentionKept * Float.BYTES;
        // and as much again as one block keeps, while it is computed
        var perToken = perBlock
                + config.layers() * (checkpointActivations ? (long) config.hiddenSize() * bytesPerElement : perBlock);
        return new MemoryEstimate(
                allTrained ? 0 : parameters * bytesPerWeight, trainable * 4 * Float.BYTES, tokens * perToken, head);
    }

    /**
     * Tokens that no micro-batch of these examples exceeds.
     *
     * @param mostExamples most examples of a micro-batch
     * @param mostTokens most tokens of a micro-batch of more than one example
     */
    static long largestMicroBatch(List<Example> examples, int mostExamples, int mostTokens) {
        var lengths = examples.stream()
                .map(Example::tokens)
                .sorted(Comparator.reverseOrder())
                .limit(mostExamples)
                .mapToLong(Integer::longValue)
                .toArray();
        var longest = lengths.length == 0 ? 0 : lengths[0];
        return Math.max(longest, Math.min(LongStream.of(lengths).sum(), mostTokens));
    }

    /** All parts together, bytes. */
    public long total() {
        return weights + optimizer + activations + head;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s (weights %s, trainable parameters with gradient and optimizer %s, activations %s, output head %s)",
                bytes(total()),
                bytes(weights),
                bytes(optimizer),
                bytes(activations),
                bytes(head));
    }

    private static String bytes(long count) {
        return count >= 1L << 30
                ? String.format(Locale.ROOT, "%.1f GiB", count / (double) (1L << 30))
                : String.format(Locale.ROOT, "%.0f MiB", count / (double) (1L << 20));
    }
}
