package dev.tandem.eval;

/**
 * A share of trials and its 95 % confidence interval after Wilson, which also holds for few trials and for shares near 0 or 1.
 *
 * @param value successes / trials
 * @param low lower end
 * @param high upper end
 */
public record Interval(double value, double low, double high) {
    private static final double Z = 1.959963984540054;

    /**
     * The interval of a share.
     *
     * @param successes 0 … trials; may count halves
     * @param trials at least 1
     */
    public static Interval wilson(double successes, long trials) {
        if (trials < 1 || successes < 0 || successes > trials) {
            throw new IllegalArgumentException(successes + " of " + trials);
        }
        var share = successes / trials;
        var z2 = Z * Z / trials;
        var middle = (share + z2 / 2) / (1 + z2);
        var half = Z / (1 + z2) * Math.sqrt(share * (1 - share) / trials + z2 / (4 * trials));
        return new Interval(share, Math.max(0, middle - half), Math.min(1, middle + half));
    }
}
