package dev.tandem.eval.judge;

import java.util.Locale;

/**
 * Prices of a model, in dollars per million tokens.
 *
 * @param in price of tokens it reads
 * @param out price of tokens it writes
 */
public record Prices(double in, double out) {
    private static final double MILLION = 1e6;

    /** The price of a usage in dollars. */
    double of(Usage usage) {
        return (usage.in() * in + usage.out() * out) / MILLION;
    }

    /** Formats dollars for a person, with more digits for small amounts. */
    public static String dollars(double dollars) {
        return String.format(Locale.ROOT, dollars < 1 ? "$%.4f" : "$%.2f", dollars);
    }
}
