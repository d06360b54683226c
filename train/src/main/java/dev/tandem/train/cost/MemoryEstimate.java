package dev.tandem.train.cost;

import dev.tandem.data.example.Example;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;

/**
 * The memory that training will need, in bytes, part by part. It is estimated from shapes and printed before the first
 * step.
 *
 * @param weights the model's parameters where they are frozen; what the trained ones are cast to where all are trained
 * @param optimizer float32 copy, gradient of each thread and two moments of the trainable parameters
 * @param activations what the backward pass of the largest micro-batch keeps
 * @param head tiles of logits
 */
public record MemoryEstimate(long weights, long optimizer, long activations, long head) {
    private static final long MASTER_AND_MOMENTS = 3;

    /**
     * Estimates from shapes.
     *
     * @param trainable trainable elements
     * @param allTrained whether the trainable elements are the model itself
     * @param kept what the backward pass keeps
     * @param bytesPerWeight of a weight as matrix products take it
     * @param threads that compute simultaneously
     * @param tokens tokens of the largest micro-batch
     * @param head what the output head needs, bytes
     */
    public static MemoryEstimate of(
            long parameters,
            long trainable,
            boolean allTrained,
            ActivationMemory kept,
            int bytesPerWeight,
            int threads,
            long tokens,
            long head) {
        return new MemoryEstimate(
                allTrained ? threads * kept.castWeights(bytesPerWeight) : parameters * bytesPerWeight,
                trainable * Float.BYTES * (MASTER_AND_MOMENTS + threads),
                tokens * kept.perToken(),
                head);
    }

    /**
     * Tokens that no micro-batch of these examples exceeds.
     *
     * @param mostExamples most examples of a micro-batch
     * @param mostTokens most tokens of a micro-batch of more than one example
     */
    public static long largestMicroBatch(List<Example> examples, int mostExamples, int mostTokens) {
        var lengths = examples.stream()
                .map(Example::tokens)
                .sorted(Comparator.reverseOrder())
                .limit(mostExamples)
                .mapToLong(Integer::longValue)
                .toArray();
        var longest = lengths.length == 0 ? 0 : lengths[0];
        return Math.max(longest, Math.min(LongStream.of(lengths).sum(), mostTokens));
    }

    /** This estimate with more buffers beside the trainable parameters: gradients of several objectives, for example. */
    public MemoryEstimate plusOptimizer(long bytes) {
        return new MemoryEstimate(weights, optimizer + bytes, activations, head);
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
