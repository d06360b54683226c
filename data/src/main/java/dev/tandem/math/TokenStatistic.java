package dev.tandem.math;

/**
 * A number of the model's distribution p over the vocabulary at one trained token, beside the token's own log-prob. V is the
 * size of the vocabulary; all are in nats.
 */
public enum TokenStatistic {
    /** (1/V) Σ_v log p_v: label smoothing of the cross-entropy. */
    MEAN_LOG_PROB,
    /** log Σ_v p_v²: the weights of WPO (arXiv 2406.11827, eq. 4). */
    LOG_SUM_SQUARES,
    /** −Σ_v p_v log p_v. */
    ENTROPY
}
