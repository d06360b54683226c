package dev.tandem.experiment;

import java.util.Comparator;
import java.util.List;

/**
 * The area in loss space that a set of points dominates, up to a reference point: one number for the quality of a whole
 * front (Zitzler and Thiele, 1999). More is better.
 */
final class Hypervolume {
    private Hypervolume() {}

    /**
     * The hypervolume of points in two dimensions.
     *
     * @param points two losses each; those that do not dominate the reference point add nothing
     * @param reference two losses that good points stay below
     */
    static double of(List<List<Double>> points, List<Double> reference) {
        var sorted = points.stream()
                .filter(p -> p.get(0) < reference.get(0) && p.get(1) < reference.get(1))
                .sorted(Comparator.comparingDouble(p -> p.get(0)))
                .toList();
        var area = 0.0;
        var height = reference.get(1);
        for (var point : sorted) {
            if (point.get(1) < height) {
                area += (reference.get(0) - point.get(0)) * (height - point.get(1));
                height = point.get(1);
            }
        }
        return area;
    }
}
