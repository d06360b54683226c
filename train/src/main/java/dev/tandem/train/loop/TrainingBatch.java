package dev.tandem.train.loop;

import dev.tandem.data.example.Example;
import dev.tandem.train.reference.ReferenceLogProbs;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;

/**
 * Examples to train or to measure on, with what a loss needs of them beside the policy's log-probs.
 *
 * @param examples with distinct indices
 * @param reference log π_ref(y|x) of every example, if the loss needs it
 * @param rewards of every sequence, example after example, {@code [sequences]}; {@code [0]} where nothing rewards them
 */
public record TrainingBatch(List<Example> examples, ReferenceLogProbs reference, double[] rewards) {
    private static final double[] NO_REWARDS = {};

    /** @throws IllegalArgumentException if there are rewards, but not one for each sequence */
    public TrainingBatch {
        examples = List.copyOf(examples);
        // without rewards the sequences are not asked for: they may have to be read from a file
        if (rewards.length > 0) {
            var sequences =
                    examples.stream().mapToInt(e -> e.sequences().size()).sum();
            if (rewards.length != sequences) {
                throw new IllegalArgumentException(rewards.length + " rewards for " + sequences + " sequences");
            }
        }
    }

    /** Examples that nothing rewards. */
    public static TrainingBatch of(List<Example> examples, ReferenceLogProbs reference) {
        return new TrainingBatch(examples, reference, NO_REWARDS);
    }

    /**
     * Some of the examples, with what belongs to them.
     *
     * @param part examples of this batch, in any order
     * @throws IllegalArgumentException if the batch has rewards and one of the examples is not in it
     */
    public TrainingBatch part(List<Example> part) {
        return new TrainingBatch(part, reference, rewards.length == 0 ? NO_REWARDS : rewardsOf(part));
    }

    /**
     * These examples with one sequence each.
     *
     * @param sequence its place in an example
     */
    TrainingBatch only(int sequence) {
        return selected(example -> example.only(sequence), s -> s == sequence);
    }

    /**
     * These examples without one of their sequences.
     *
     * @param sequence its place in an example
     */
    TrainingBatch without(int sequence) {
        return selected(example -> example.without(sequence), s -> s != sequence);
    }

    private TrainingBatch selected(UnaryOperator<Example> selection, IntPredicate wanted) {
        if (rewards.length > 0) {
            throw new IllegalStateException("sequences that are rewarded are all trained");
        }
        return of(examples.stream().map(selection).toList(), reference.of(wanted));
    }

    private double[] rewardsOf(List<Example> part) {
        var byIndex = new HashMap<Integer, double[]>();
        var first = 0;
        for (var example : examples) {
            var end = first + example.sequences().size();
            byIndex.put(example.index(), Arrays.copyOfRange(rewards, first, end));
            first = end;
        }
        return part.stream()
                .flatMapToDouble(example -> DoubleStream.of(Optional.ofNullable(byIndex.get(example.index()))
                        .orElseThrow(
                                () -> new IllegalArgumentException("the batch has no example " + example.index()))))
                .toArray();
    }
}
