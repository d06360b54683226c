package dev.tandem.objective;

import dev.tandem.data.RowShape;

/**
 * A training objective that sees the model only through the log-probs of response tokens: a pure function from
 * log-probs to a loss and its exact derivative.
 *
 * <p>Means are over the whole batch of an optimizer step, however it is split into micro-batches: the caller computes
 * the batch's normaliser first and passes it with every part.
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
     * What the mean of a batch divides by: trained tokens for token means, examples for pair means.
     *
     * @param examples examples of the batch
     * @param trainedTokens trained tokens of the batch, all sequences together
     * @return the divisor, above 0
     */
    double normalizer(int examples, long trainedTokens);

    /**
     * Loss and ∂loss/∂log p of a part of a batch.
     *
     * @param policy log-probs of the part's sequences, as many in a row for each example as {@link #shape} says
     * @param referenceSums log π_ref(y|x) of every sequence, {@code [sequences]}; empty if {@link #needsReference} is
     *     false
     * @param normalizer what {@link #normalizer} says of the whole batch
     * @return the part's share of the loss, and one derivative for each of its tokens
     */
    LossAndWeights evaluate(LogProbs policy, double[] referenceSums, double normalizer);
}
