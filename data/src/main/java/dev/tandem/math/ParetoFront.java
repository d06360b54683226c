package dev.tandem.math;

import dev.tandem.UserException;
import java.util.List;
import java.util.Optional;

/**
 * Points in loss space, one loss per objective, none of which dominates another. A point dominates another when all of
 * its losses are at most the other's and one is less.
 *
 * @param points the front; may be empty
 */
public record ParetoFront(List<List<Double>> points) {

    /**
     * Keeps the points no other dominates, in the given order; of equal points the first.
     *
     * @throws UserException if the points differ in their number of losses
     */
    public ParetoFront {
        for (var point : points) {
            if (point.size() != points.get(0).size()) {
                throw new UserException("a Pareto front's points need one loss per objective each, but one is "
                        + points.get(0) + " and another " + point);
            }
        }
        var all = points.stream().map(List::copyOf).distinct().toList();
        points = all.stream()
                .filter(point -> all.stream().noneMatch(other -> dominates(other, point)))
                .toList();
    }

    /**
     * Whether {@code a} is at least as good as {@code b} in every loss and better in one. A loss that is not a number
     * is never better nor as good.
     *
     * @throws IllegalArgumentException if the two differ in their number of losses
     */
    public static boolean dominates(List<Double> a, List<Double> b) {
        if (a.size() != b.size()) {
            throw new IllegalArgumentException("points of " + a.size() + " and " + b.size() + " losses");
        }
        var better = false;
        for (var i = 0; i < a.size(); i++) {
            if (!(a.get(i) <= b.get(i))) {
                return false;
            }
            better |= a.get(i) < b.get(i);
        }
        return better;
    }

    /** The first point of the front that {@code losses} dominates, if there is one. */
    public Optional<List<Double>> pointDominatedBy(List<Double> losses) {
        return points.stream().filter(point -> dominates(losses, point)).findFirst();
    }
}
