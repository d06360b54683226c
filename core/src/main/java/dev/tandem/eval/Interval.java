package dev.tandem.eval;

import java.util.Arrays;

/**
 * A share of trials and its 95 % confidence interval after Wilson, which also holds for few trials and for shares near 0 or 1.
 *
 * @param value successes / trials
 * @param low lower end
 * @param high upper end
 */
public record Interval(double value, double low, double high) {
    private static final double Z = 1.959963984540054;
    private static final double MOST_VARIANCE = 0.25;

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
        return wilson(successes / trials, (double) trials);
    }

    /**
     * The interval of the mean of preferences, which vary less than wins and losses do where they are fractions: Wilson's, of
     * as many trials as would leave a share as uncertain. One more preference that is off by a half is reckoned with, so that a
     * few that happen to be alike do not look certain; of wins and losses alone the interval is the share's.
     *
     * @param preferences from 0 to 1, at least one
     */
    public static Interval ofMean(double... preferences) {
        var mean = Arrays.stream(preferences).average().orElseThrow();
        var squares =
                Arrays.stream(preferences).map(p -> (p - mean) * (p - mean)).sum() + MOST_VARIANCE;
        var n = preferences.length;
        return wilson(mean, Math.max(n, n * mean * (1 - mean) / (squares / n)));
    }

    private static Interval wilson(double share, double trials) {
        var z2 = Z * Z / trials;
        var middle = (share + z2 / 2) / (1 + z2);
        var half = Z / (1 + z2) * Math.sqrt(share * (1 - share) / trials + z2 / (4 * trials));
        return new Interval(share, Math.max(0, middle - half), Math.min(1, middle + half));
    }
}
