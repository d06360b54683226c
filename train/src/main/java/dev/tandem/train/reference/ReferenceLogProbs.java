package dev.tandem.train.reference;

import dev.tandem.data.example.Example;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** log π_ref(y|x) of examples, by their index: computed once, read at every step and evaluation. */
public final class ReferenceLogProbs {
    private final Map<Integer, double[]> sums;

    private ReferenceLogProbs(Map<Integer, double[]> sums) {
        this.sums = sums;
    }

    /** For objectives without a reference. */
    public static ReferenceLogProbs none() {
        return new ReferenceLogProbs(Map.of());
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
        return new ReferenceLogProbs(sums);
    }

    /**
     * Sums for a batch: sequence after sequence of example after example.
     *
     * @throws IllegalStateException if an example's log-probs were not computed
     */
    public double[] of(List<Example> batch) {
        return batch.stream()
                .map(Example::index)
                .flatMapToDouble(i -> java.util.Arrays.stream(sums(i)))
                .toArray();
    }

    private double[] sums(int index) {
        var result = sums.get(index);
        if (result == null) {
            throw new IllegalStateException("no reference log-probs for example " + index);
        }
        return result;
    }
}
