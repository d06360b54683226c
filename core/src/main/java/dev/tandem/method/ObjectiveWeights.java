package dev.tandem.method;

import dev.tandem.UserException;
import java.util.Arrays;

/**
 * Weights of N objectives, in their order: none negative, their sum one. An objective of weight 0 is never stepped on.
 *
 * <p>Immutable; a point of the probability simplex.
 */
public final class ObjectiveWeights {
    /** Weights written by hand, such as 0.333333 three times, need not sum to one to the last digit. */
    private static final double TOLERANCE = 1e-5;

    /** Closer sums are left alone: λ and 1−λ keep their last bit. */
    private static final double ROUNDING = 1e-12;

    private final double[] values;

    private ObjectiveWeights(double[] values) {
        this.values = values;
    }

    /**
     * Weights by value. A sum that differs from 1 by at most 1e-5 is accepted, and the weights are divided by it.
     *
     * @param values one for each objective, [objectives]
     * @return the weights, normalised
     * @throws UserException if there are none, one is not between 0 and 1, or their sum is not 1
     */
    public static ObjectiveWeights of(double... values) {
        var sum = 0.0;
        for (var value : values) {
            if (!(value >= 0.0 && value <= 1.0)) {
                throw new UserException("a weight is " + value + ", but every weight must be between 0 and 1");
            }
            sum += value;
        }
        if (!(Math.abs(sum - 1.0) <= TOLERANCE)) {
            throw new UserException("the weights of the objectives must sum to 1, but sum to " + sum);
        }
        var total = sum;
        return new ObjectiveWeights(
                Math.abs(sum - 1.0) > ROUNDING
                        ? Arrays.stream(values).map(value -> value / total).toArray()
                        : values.clone());
    }

    /** Number of objectives. */
    public int size() {
        return values.length;
    }

    /** Weight of an objective. */
    public double get(int objective) {
        return values[objective];
    }

    /** Number of objectives of positive weight. */
    public int positive() {
        return (int) Arrays.stream(values).filter(value -> value > 0.0).count();
    }

    /** All weights, [objectives]. */
    public double[] values() {
        return values.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ObjectiveWeights weights && Arrays.equals(values, weights.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return Arrays.toString(values);
    }
}
