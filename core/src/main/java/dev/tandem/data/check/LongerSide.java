package dev.tandem.data.check;

/**
 * Which answer of the pairs is the longer one, by trained tokens where there is a tokenizer, else by characters. Where it
 * is nearly always the same, length alone tells the chosen answer, and that is what a model may learn.
 *
 * @param pairs how many there are
 * @param chosen pairs whose chosen answer is longer
 * @param rejected pairs whose rejected answer is longer
 */
public record LongerSide(int pairs, int chosen, int rejected) {
    private static final int LEAST_PAIRS = 20;
    private static final double NEARLY_ALL = 0.9;

    /** Whether at least 90 % of the pairs, and of no fewer than 20, have the same side longer. */
    public boolean suspicious() {
        return pairs >= LEAST_PAIRS && Math.max(chosen, rejected) >= NEARLY_ALL * pairs;
    }
}
