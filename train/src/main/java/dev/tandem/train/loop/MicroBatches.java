package dev.tandem.train.loop;

import dev.tandem.data.example.Example;
import dev.tandem.data.stream.GreedyPartition;
import java.util.List;

/**
 * How much of a batch is in the model at a time. Losses and gradients do not depend on it except for rounding.
 *
 * @param examples most examples
 * @param tokens most tokens of all their sequences; a longer single example is a micro-batch by itself
 */
public record MicroBatches(int examples, int tokens) {
    public MicroBatches {
        if (examples < 1 || tokens < 1) {
            throw new IllegalArgumentException("a micro-batch holds at least one example and one token");
        }
    }

    /** Batches are not split. */
    public static MicroBatches whole() {
        return new MicroBatches(Integer.MAX_VALUE, Integer.MAX_VALUE);
    }

    /** These limits with another number of examples. */
    MicroBatches ofExamples(int most) {
        return new MicroBatches(most, tokens);
    }

    /** A batch's parts, in its order. */
    public List<List<Example>> of(List<Example> batch) {
        return GreedyPartition.of(batch, examples, tokens);
    }
}
