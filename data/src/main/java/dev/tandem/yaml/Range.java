package dev.tandem.yaml;

import dev.tandem.UserException;
import java.util.function.DoublePredicate;

/** The numbers a key may have. */
public enum Range {
    ANY(v -> true, ""),
    POSITIVE(v -> v > 0, "above 0"),
    NOT_NEGATIVE(v -> v >= 0, "≥ 0"),
    /** Probabilities and weights. */
    UNIT(v -> v >= 0 && v <= 1, "from 0 to 1"),
    /** Fractions that must leave a remainder. */
    BELOW_ONE(v -> v >= 0 && v < 1, "from 0 to below 1"),
    /** Fractions that leave something on both sides. */
    INSIDE(v -> v > 0 && v < 1, "between 0 and 1"),
    /** Fractions above zero. */
    SHARE(v -> v > 0 && v <= 1, "above 0, at most 1"),
    /** Temperatures. */
    TO_A_HUNDRED(v -> v >= 0 && v <= 100, "from 0 to 100"),
    /** Penalties that logits are divided by. */
    FACTOR(v -> v > 0 && v <= 100, "above 0, at most 100"),
    /** Label smoothing: from one half on, the preference would be reversed. */
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

    /**
     * Checks a number that did not come from a file.
     *
     * @param what the number is called
     * @throws UserException if it is out of this range
     */
    public void require(String what, double value) {
        if (!Double.isFinite(value) || !holds(value)) {
            throw new UserException(what + " is " + value + ", but a number " + words + " is expected");
        }
    }
}
