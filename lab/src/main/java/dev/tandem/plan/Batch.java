package dev.tandem.plan;

/**
 * The batch of an objective in one step, on all ranks together.
 *
 * @param objective its name
 * @param examples of the batch
 * @param sequences of an example: 1, or the 2 of a pair
 * @param length tokens of a sequence
 * @param examplesPerPass examples in the model at the same time
 */
public record Batch(String objective, long examples, int sequences, double length, long examplesPerPass) {
    public Batch {
        if (examples < 1 || sequences < 1 || length <= 0 || examplesPerPass < 1 || examplesPerPass > examples) {
            throw new IllegalArgumentException(
                    "a batch of " + examples + " × " + sequences + " × " + length + " in parts of " + examplesPerPass);
        }
    }

    /** Tokens of all its sequences. */
    public double tokens() {
        return examples * sequences * length;
    }

    /** Forward and backward passes that it takes. */
    public long passes() {
        return ShardLayout.ceilDiv(examples, examplesPerPass);
    }

    /** Examples of the last pass. */
    long examplesOfLastPass() {
        return examples - (passes() - 1) * examplesPerPass;
    }

    /** Tokens of a pass on the rank that has most. */
    double tokensOfRank(int ranks) {
        return ShardLayout.ceilDiv(examplesPerPass, ranks) * sequences * length;
    }

    /** This batch with sequences of another length. */
    Batch ofLength(double other) {
        return new Batch(objective, examples, sequences, other, examplesPerPass);
    }

    /** This batch with fewer examples in the model at the same time, if there are more now. */
    Batch inPassesOf(long most) {
        return new Batch(objective, examples, sequences, length, Math.min(most, examplesPerPass));
    }
}
