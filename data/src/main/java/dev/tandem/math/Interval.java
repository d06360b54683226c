package dev.tandem.math;

import java.util.Arrays;

/**
 * A fraction of trials and its 95 % confidence interval after Wilson, which is also valid for few trials and for
 * fractions near 0 or 1.
 *
 * @param value successes / trials
 * @param low lower end
 * @param high upper end
 */
public record Interval(double value, double low, double high) {
    private static final double Z = 1.959963984540054;
    private static final double MAX_VARIANCE = 0.25;

    /**
     * The interval of a fraction.
     *
     * @param successes 0 … trials; halves are allowed
     * @param trials at least 1
     */
    public static Interval wilson(double successes, long trials) {
        if (trials < 1 || successes < 0 || successes > trials) {
            throw new IllegalArgumentException(successes + " of " + trials);
        }
        return wilson(successes / trials, (double) trials);
    }

    /**
     * The interval of the mean of preferences. Fractional preferences vary less than wins and losses do; the interval
     * is Wilson's for as many trials as would leave a fraction equally uncertain. One additional preference that is off
     * by a half is included, so that a few that happen to be alike do not look certain; for wins and losses alone the
     * interval is that of the fraction.
     *
     * @param preferences from 0 to 1, at least one
     */
    public static Interval ofMean(double... preferences) {
        var mean = Arrays.stream(preferences).average().orElseThrow();
        var squares =
                Arrays.stream(preferences).map(p -> (p - mean) * (p - mean)).sum() + MAX_VARIANCE;
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
