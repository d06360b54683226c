package dev.tandem.eval.judge;

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
}
