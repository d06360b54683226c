package dev.tandem.train.loop;

import dev.tandem.data.example.Example;
import dev.tandem.data.stream.GreedyPartition;
import java.util.List;

/**
 * How much of a batch is in the model at once. Losses and gradients do not depend on it but for rounding.
 *
 * @param examples most examples
 * @param tokens most tokens of all their sequences; a longer single example goes through by itself
 */
public record MicroBatches(int examples, int tokens) {
    public MicroBatches {
        if (examples < 1 || tokens < 1) {
            throw new IllegalArgumentException("a micro-batch holds at least one example and one token");
        }
    }

    /** Batches go through whole. */
    public static MicroBatches whole() {
        return new MicroBatches(Integer.MAX_VALUE, Integer.MAX_VALUE);
    }

    /** The same limit of tokens, another one of examples. */
    MicroBatches ofExamples(int most) {
        return new MicroBatches(most, tokens);
    }

    /** A batch's parts, in its order. */
    public List<List<Example>> of(List<Example> batch) {
        return GreedyPartition.of(batch, examples, tokens);
    }
}
