package dev.tandem.objective;

import java.util.Arrays;

/**
 * A part of a batch as a loss sees it. Sequences are in the order of the examples; an example of a pair has its chosen
 * response first.
 *
 * @param policy log-probs of the trained tokens under the policy
 * @param referenceSums log π_ref(y|x) of every sequence, nats, {@code [sequences]}; {@code [0]} if the loss needs none
 * @param labels of every example, 1 desirable, 0 undesirable, {@code [examples]}; {@code [0]} unless the rows are labelled
 * @param rewards of every sequence, {@code [sequences]}; {@code [0]} unless the rows are prompts
 * @param statistic of the whole batch, as {@link Objective#statistic} adds it up; 0 if the loss has none
 */
public record ScoredBatch(
        LogProbs policy, double[] referenceSums, double[] labels, double[] rewards, double statistic) {
    private static final double[] NONE = new double[0];

    /**
     * Responses or pairs: without labels, rewards and statistic.
     *
     * @param policy log-probs of the trained tokens under the policy
     * @param referenceSums log π_ref(y|x) of every sequence, {@code [sequences]}; {@code [0]} if the loss needs none
     * @return a part
     */
    public static ScoredBatch of(LogProbs policy, double[] referenceSums) {
        return new ScoredBatch(policy, referenceSums, NONE, NONE, 0.0);
    }

    /**
     * One example of a part whose examples have equally many sequences.
     *
     * @param example its place in the part
     * @param count sequences of an example
     * @return a part of it alone, with the statistic of the whole batch
     */
    public ScoredBatch example(int example, int count) {
        var first = example * count;
        return new ScoredBatch(
                policy.slice(first, count),
                slice(referenceSums, first, count),
                slice(labels, example, 1),
                slice(rewards, first, count),
                statistic);
    }

    private static double[] slice(double[] all, int first, int count) {
        return all.length == 0 ? all : Arrays.copyOfRange(all, first, first + count);
    }
}
