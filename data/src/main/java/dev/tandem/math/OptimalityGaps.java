package dev.tandem.math;

import java.util.ArrayList;
import java.util.List;

/**
 * How far a model is from what each objective reaches alone: the optimality gaps f_i − f*_i of all objectives, on fixed
 * evaluation sets. A gap may be negative, when joint training does better than f* (or f* is an estimate).
 *
 * @param values gap of every objective, in the recipe's order
 */
public record OptimalityGaps(List<Double> values) {
    public OptimalityGaps {
        values = List.copyOf(values);
    }

    /**
     * Gaps of evaluation losses.
     *
     * @param losses f_i of every objective
     * @param optima f*_i of every objective
     * @throws IllegalArgumentException if the two differ in length
     */
    public static OptimalityGaps of(List<Double> losses, List<Double> optima) {
        if (losses.size() != optima.size()) {
            throw new IllegalArgumentException(losses.size() + " losses with " + optima.size() + " optima");
        }
        var values = new ArrayList<Double>();
        for (var i = 0; i < losses.size(); i++) {
            values.add(losses.get(i) - optima.get(i));
        }
        return new OptimalityGaps(values);
    }

    /** Euclidean distance from the ideal point, where every objective is at its optimum: sqrt(Σ gap²). */
    public double idealDistance() {
        return Math.sqrt(values.stream().mapToDouble(gap -> gap * gap).sum());
    }
}
