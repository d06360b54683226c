package dev.tandem.objective;

import dev.tandem.data.example.RowShape;

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
     * Loss and ∂loss/∂log p of a part of a batch.
     *
     * @param part log-probs of the part's sequences, as many in a row for each example as {@link #shape} says, and what
     *     else the loss needs of them
     * @param batch what the means of the whole batch divide by
     * @return the part's share of the loss, and one derivative for each of its tokens
     */
    LossAndTokenGradients evaluate(ScoredBatch part, BatchCounts batch);
}
