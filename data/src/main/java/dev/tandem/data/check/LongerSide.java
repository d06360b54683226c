package dev.tandem.data.check;

/**
 * Counts which answer of each pair is longer, by trained tokens if there is a tokenizer, else by characters. If it is
 * nearly always the same one, length alone identifies the chosen answer, and a model may learn just that.
 *
 * @param pairs number of pairs
 * @param chosen pairs whose chosen answer is longer
 * @param rejected pairs whose rejected answer is longer
 */
public record LongerSide(int pairs, int chosen, int rejected) {
    private static final int MIN_PAIRS = 20;
    private static final double NEARLY_ALL = 0.9;

    /** Whether the same side is longer in at least 90 % of the pairs, given at least 20 pairs. */
    public boolean suspicious() {
        return pairs >= MIN_PAIRS && Math.max(chosen, rejected) >= NEARLY_ALL * pairs;
    }
}
