package dev.tandem.objective;

import dev.tandem.data.example.RowShape;
import dev.tandem.math.TokenStatistic;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A training objective that sees the model only through the log-probs of response tokens: a pure function from
 * log-probs to a loss and its exact derivative.
 *
 * <p>Means are over the whole batch of an optimizer step, however it is split into micro-batches: the caller counts the
 * batch first and passes the counts with every part.
 *
 * <p>Parts are evaluated by several threads at the same time: an objective keeps nothing between calls.
 */
public interface Objective {

    /**
     * What it learns from: single responses, pairs of a chosen and a rejected one, or labelled responses.
     *
     * @return the shape of the rows, which says how many sequences an example has
     */
    RowShape shape();

    /**
     * Whether {@link #evaluate} needs the reference model's log-probs.
     *
     * @return whether reference sums are computed and passed
     */
    boolean needsReference();

    /**
     * Statistics of the model's distribution at every trained token that {@link #evaluate} sees beside the log-probs. The output
     * head computes them tile by tile. A loss without any, which most are, costs one pass of a frozen head.
     *
     * @return statistics that {@link LogProbs#statistic} then has
     */
    default Set<TokenStatistic> needs() {
        return Set.of();
    }

    /**
     * The sequence of every example that {@link #statistic} is of. It is scored first, without a gradient, and it is not
     * among the sequences that {@link #evaluate} sees.
     *
     * @return its place in an example; absent for a loss without a statistic, which most are
     */
    default OptionalInt statisticSequence() {
        return OptionalInt.empty();
    }

    /**
     * A part's share of a number over the whole batch that {@link #evaluate} needs. Shares are summed over the parts of a
     * batch, on all threads and ranks.
     *
     * @param part one sequence of each example, the one that {@link #statisticSequence} says; its statistic is 0
     * @param batch counts of the whole batch, with all sequences
     * @return the share
     */
    default double statistic(ScoredBatch part, BatchCounts batch) {
        return 0.0;
    }

    /**
     * Loss and ∂loss/∂log p of a part of a batch.
     *
     * @param part log-probs of the part's sequences, as many in a row for each example as {@link #shape} says, less that of
     *     the statistic, and what else the loss needs of them
     * @param batch what the means of the whole batch divide by
     * @return the part's share of the loss, and one derivative for each of its tokens
     */
    LossAndTokenGradients evaluate(ScoredBatch part, BatchCounts batch);
}
