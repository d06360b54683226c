package dev.tandem.objective;

import dev.tandem.math.TokenStatistic;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * Log-probs of the trained tokens of a batch, sequence after sequence.
 *
 * @param values natural-log probabilities, {@code [trained tokens]}, float32 as the model computed them
 * @param offsets where each sequence starts in {@code values}, {@code [sequences + 1]}; the last entry is
 *     {@code values.length}
 * @param statistics what else the loss needs of each token, each {@code [trained tokens]}
 */
public record LogProbs(float[] values, int[] offsets, Map<TokenStatistic, float[]> statistics) {
    public LogProbs {
        statistics = Map.copyOf(statistics);
    }

    /** Log-probs alone. */
    public LogProbs(float[] values, int[] offsets) {
        this(values, offsets, Map.of());
    }

    /**
     * A statistic of the distributions that the tokens were scored by.
     *
     * @param statistic that {@link Objective#needs} names
     * @return nats, {@code [trained tokens]}, in the order of {@code values}
     * @throws IllegalArgumentException if it was not computed
     */
    public float[] statistic(TokenStatistic statistic) {
        var result = statistics.get(statistic);
        if (result == null) {
            throw new IllegalArgumentException(statistic + " was not computed: the loss's needs() must name it");
        }
        return result;
    }

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
        return select(count, i -> first + i);
    }

    /** The log-probs of the first sequence of every pair. */
    LogProbs firsts() {
        return select(sequences() / 2, i -> 2 * i);
    }

    private LogProbs select(int count, IntUnaryOperator sequence) {
        var starts = new int[count + 1];
        for (var i = 0; i < count; i++) {
            starts[i + 1] = starts[i] + length(sequence.applyAsInt(i));
        }
        var selected = new EnumMap<TokenStatistic, float[]>(TokenStatistic.class);
        statistics.forEach((statistic, all) -> selected.put(statistic, select(all, starts, sequence)));
        return new LogProbs(select(values, starts, sequence), starts, selected);
    }

    private float[] select(float[] all, int[] starts, IntUnaryOperator sequence) {
        var result = new float[starts[starts.length - 1]];
        for (var i = 0; i < starts.length - 1; i++) {
            System.arraycopy(all, offsets[sequence.applyAsInt(i)], result, starts[i], starts[i + 1] - starts[i]);
        }
        return result;
    }
}
