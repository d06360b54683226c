package dev.tandem.recipe;

/**
 * What ranks split among them, by the stages of ZeRO (Rajbhandari et al., 2020, arXiv 1910.02054). Each stage splits what
 * the one before splits, and more.
 */
public enum ZeroStage {
    /** Every rank holds all. */
    NOTHING(0),
    /** The optimizer's moments. */
    MOMENTS(1),
    /** The gradients too. */
    GRADIENTS(2),
    /** The parameters too. */
    PARAMETERS(3);

    /** The highest stage's number. */
    public static final int MAX_NUMBER = 3;

    private final int number;

    ZeroStage(int number) {
        this.number = number;
    }

    /** The stage of a number in {@code train.zero-stage}: 0 to {@link #MAX_NUMBER}. */
    public static ZeroStage of(int number) {
        return values()[number];
    }

    /** Its number in {@code train.zero-stage}. */
    public int number() {
        return number;
    }

    /** Whether this stage splits what {@code what} is named after. */
    public boolean splits(ZeroStage what) {
        return compareTo(what) >= 0;
    }
}
