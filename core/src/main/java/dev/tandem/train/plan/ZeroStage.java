package dev.tandem.train.plan;

/**
 * What ranks split among them, by the stages of ZeRO (Rajbhandari et al., 2020, arXiv 1910.02054). Each stage splits what
 * the one before splits, and more.
 */
public enum ZeroStage {
    /** Every rank holds all. */
    NOTHING,
    /** The optimizer's moments. */
    MOMENTS,
    /** The gradients too. */
    GRADIENTS,
    /** The parameters too. */
    PARAMETERS;

    /** As {@code train.zero-stage} calls it. */
    public int number() {
        return ordinal();
    }

    /** Whether this stage splits what {@code what} is named after. */
    boolean splits(ZeroStage what) {
        return compareTo(what) >= 0;
    }
}
