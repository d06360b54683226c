package dev.tandem.objective;

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

    /** Number of trained tokens of one sequence. */
    public int length(int sequence) {
        return offsets[sequence + 1] - offsets[sequence];
    }

    /** log π(y|x): the sum over the trained tokens of one sequence, accumulated in float64. */
    public double sum(int sequence) {
        var sum = 0.0;
        for (var i = offsets[sequence]; i < offsets[sequence + 1]; i++) {
            sum += values[i];
        }
        return sum;
    }
}
