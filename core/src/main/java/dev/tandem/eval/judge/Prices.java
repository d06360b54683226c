package dev.tandem.eval.judge;

import java.util.Locale;

/**
 * What a model costs, in dollars per million tokens.
 *
 * @param in of tokens it reads
 * @param out of tokens it writes
 */
public record Prices(double in, double out) {
    private static final double MILLION = 1e6;

    /** Dollars. */
    double of(Usage usage) {
        return (usage.in() * in + usage.out() * out) / MILLION;
    }

    /** Dollars for a person, as precise as they are small. */
    public static String dollars(double dollars) {
        return String.format(Locale.ROOT, dollars < 1 ? "$%.4f" : "$%.2f", dollars);
    }
}
