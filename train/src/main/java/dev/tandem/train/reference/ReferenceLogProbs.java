package dev.tandem.train.reference;

import dev.tandem.data.example.Example;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** log π_ref(y|x) of examples, by their index: computed once, read at every step and evaluation. */
public final class ReferenceLogProbs {
    private final Map<Integer, double[]> sums;
    private final IntPredicate sequences;

    private ReferenceLogProbs(Map<Integer, double[]> sums, IntPredicate sequences) {
        this.sums = sums;
        this.sequences = sequences;
    }

    /** Empty log-probs, for objectives without a reference. */
    public static ReferenceLogProbs none() {
        return new ReferenceLogProbs(Map.of(), sequence -> true);
    }

    /**
     * Log-probs computed by a reference model.
     *
     * @param examples examples with distinct indices
     * @param logProbs of each example, the sum over the trained tokens of each of its sequences
     */
    public static ReferenceLogProbs of(List<Example> examples, List<double[]> logProbs) {
        var sums = new HashMap<Integer, double[]>();
        for (var i = 0; i < examples.size(); i++) {
            sums.put(examples.get(i).index(), logProbs.get(i));
        }
        return new ReferenceLogProbs(sums, sequence -> true);
    }

    /** The log-probs of some sequences of every example. */
    public ReferenceLogProbs of(IntPredicate wanted) {
        return new ReferenceLogProbs(sums, sequences.and(wanted));
    }

    /**
     * Sums for a batch: sequence after sequence of example after example.
     *
     * @throws IllegalStateException if an example's log-probs were not computed
     */
    public double[] of(List<Example> batch) {
        return batch.stream().map(Example::index).flatMapToDouble(this::sums).toArray();
    }

    private DoubleStream sums(int index) {
        var result = sums.get(index);
        if (result == null) {
            throw new IllegalStateException("no reference log-probs for example " + index);
        }
        return IntStream.range(0, result.length).filter(sequences).mapToDouble(s -> result[s]);
    }
}
