package dev.tandem.objective;

import java.util.Arrays;

/**
 * Log-probs of the trained tokens of a batch, sequence after sequence.
 *
 * @param values natural-log probabilities, {@code [trained tokens]}, float32 as the model computed them
 * @param offsets where each sequence starts in {@code values}, {@code [sequences + 1]}; the last entry is
 *     {@code values.length}
 */
public record LogProbs(float[] values, int[] offsets) {

    /** Number of sequences. */
    public int sequences() {
        return offsets.length - 1;
    }

    /**
     * Number of trained tokens of one sequence.
     *
     * @param sequence its index
     * @return tokens
     */
    public int length(int sequence) {
        return offsets[sequence + 1] - offsets[sequence];
    }

    /**
     * log π(y|x): the sum over the trained tokens of one sequence, accumulated in float64.
     *
     * @param sequence its index
     * @return nats
     */
    public double sum(int sequence) {
        var sum = 0.0;
        for (var i = offsets[sequence]; i < offsets[sequence + 1]; i++) {
            sum += values[i];
        }
        return sum;
    }

    /**
     * The log-probs of {@code count} sequences from {@code first} on.
     *
     * @param first index of the first sequence
     * @param count sequences
     * @return a copy of that part
     */
    public LogProbs slice(int first, int count) {
        var starts = new int[count + 1];
        for (var i = 0; i <= count; i++) {
            starts[i] = offsets[first + i] - offsets[first];
        }
        return new LogProbs(Arrays.copyOfRange(values, offsets[first], offsets[first + count]), starts);
    }
}
