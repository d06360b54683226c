package dev.tandem.objective;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Random log-probs for property tests. */
public final class Batches {
    /** Log-probs are multiples of this, so that adding or taking {@link #STEP} is exact in float32. */
    private static final double GRAIN = 0x1p-12;

    /** Step of finite differences. */
    static final float STEP = 0x1p-10f;

    private Batches() {}

    static LogProbs random(SplittableRandom random, int sequences) {
        var offsets = new int[sequences + 1];
        for (var i = 0; i < sequences; i++) {
            offsets[i + 1] = offsets[i] + random.nextInt(1, 8);
        }
        var values = new float[offsets[sequences]];
        for (var i = 0; i < values.length; i++) {
            values[i] = (float) (-GRAIN * random.nextInt(8192, 28672));
        }
        return new LogProbs(values, offsets);
    }

    /** Reference sums near the policy's, so that losses are neither flat nor linear. */
    static double[] reference(SplittableRandom random, LogProbs policy) {
        var sums = new double[policy.sequences()];
        for (var i = 0; i < sums.length; i++) {
            sums[i] = policy.sum(i) + random.nextDouble(-6.0, 6.0);
        }
        return sums;
    }

    /** A copy of the batch with one log-prob changed. */
    static ScoredBatch nudged(ScoredBatch batch, int token, float by) {
        var values = batch.policy().values().clone();
        values[token] += by;
        return new ScoredBatch(
                new LogProbs(values, batch.policy().offsets()),
                batch.referenceSums().clone(),
                batch.labels(),
                batch.rewards(),
                batch.statistic());
    }

    /** Examples {@code from} (inclusive) to {@code to} (exclusive) of a batch of {@code examples}. */
    static ScoredBatch part(ScoredBatch batch, int examples, int from, int to) {
        var sequences = batch.policy().sequences() / examples;
        return new ScoredBatch(
                batch.policy().slice(from * sequences, (to - from) * sequences),
                part(batch.referenceSums(), from * sequences, to * sequences),
                part(batch.labels(), from, to),
                part(batch.rewards(), from * sequences, to * sequences),
                batch.statistic());
    }

    private static double[] part(double[] all, int from, int to) {
        return all.length == 0 ? all : Arrays.copyOfRange(all, from, to);
    }

    /**
     * Counts of a batch.
     *
     * @param sequences of an example
     */
    public static BatchCounts counts(LogProbs batch, int sequences) {
        var tokens = new Long[sequences];
        Arrays.fill(tokens, 0L);
        for (var i = 0; i < batch.sequences(); i++) {
            tokens[i % sequences] += batch.length(i);
        }
        return new BatchCounts(batch.sequences() / sequences, List.of(tokens));
    }
}
