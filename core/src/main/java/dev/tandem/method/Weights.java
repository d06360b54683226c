package dev.tandem.method;

import dev.tandem.UserException;

/**
 * Weights of N objectives: none negative, their sum one. An objective of weight 0 is never chosen.
 *
 * <p>Immutable; a point of the probability simplex.
 */
final class Weights {
    /** Weights written by hand, such as 0.333333 three times, need not sum to one to the last digit. */
    private static final double SLACK = 1e-5;

    private final double[] values;

    /** @throws UserException if there are no weights, one is negative or not finite, or they do not sum to one */
    Weights(double[] values) {
        var sum = 0.0;
        for (var value : values) {
            if (!(value >= 0.0 && value <= 1.0)) {
                throw new UserException("a weight is " + value + ", but every weight must be between 0 and 1");
            }
            sum += value;
        }
        if (!(Math.abs(sum - 1.0) <= SLACK)) {
            throw new UserException("the weights of the objectives sum to " + sum + ", but must sum to 1");
        }
        this.values = values.clone();
        // λ and 1−λ are left alone to the last bit.
        if (Math.abs(sum - 1.0) > 1e-12) {
            for (var i = 0; i < values.length; i++) {
                this.values[i] /= sum;
            }
        }
    }

    /** Number of objectives. */
    int size() {
        return values.length;
    }

    double get(int objective) {
        return values[objective];
    }

    /** Number of objectives of positive weight. */
    int positive() {
        var count = 0;
        for (var value : values) {
            count += value > 0.0 ? 1 : 0;
        }
        return count;
    }
}
