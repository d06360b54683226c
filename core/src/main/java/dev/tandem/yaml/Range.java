package dev.tandem.yaml;

import java.util.function.DoublePredicate;

/** The numbers a key may have. */
public enum Range {
    ANY(v -> true, ""),
    POSITIVE(v -> v > 0, "above 0"),
    NOT_NEGATIVE(v -> v >= 0, "≥ 0"),
    /** Probabilities and weights. */
    UNIT(v -> v >= 0 && v <= 1, "from 0 to 1"),
    /** Shares of which something must be left. */
    BELOW_ONE(v -> v >= 0 && v < 1, "from 0 to below 1"),
    /** Shares that leave something on both sides. */
    INSIDE(v -> v > 0 && v < 1, "between 0 and 1"),
    /** Shares that are something. */
    SHARE(v -> v > 0 && v <= 1, "above 0, at most 1"),
    /** Temperatures. */
    TO_A_HUNDRED(v -> v >= 0 && v <= 100, "from 0 to 100"),
    /** Penalties that logits are divided by. */
    FACTOR(v -> v > 0 && v <= 100, "above 0, at most 100"),
    /** Label smoothing: from one half on, the preference would be turned round. */
    BELOW_HALF(v -> v >= 0 && v < 0.5, "from 0 to below 0.5");

    private final DoublePredicate holds;
    private final String words;

    Range(DoublePredicate holds, String words) {
        this.holds = holds;
        this.words = words;
    }

    public boolean holds(double value) {
        return holds.test(value);
    }

    public String words() {
        return words;
    }
}
