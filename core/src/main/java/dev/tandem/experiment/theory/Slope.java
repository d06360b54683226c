package dev.tandem.experiment.theory;

import java.util.Arrays;
import java.util.List;

/**
 * The exponent of a power law, with its 95 % confidence interval: a line fitted to log gap against log T for each seed
 * separately, then Student's t over the seeds' slopes. Runs of different seeds are independent, so this needs no
 * assumption on how gaps scatter around the line.
 *
 * @param mean mean over seeds
 * @param low lower end of the interval
 * @param high upper end of the interval
 */
record Slope(double mean, double low, double high) {
    /** Smallest gap: the precision of the optimum allows no smaller one. */
    private static final double SMALLEST = Newton.PRECISION;

    /**
     * Fits the slope of one method.
     *
     * @param gaps gaps by length and seed
     */
    static Slope of(List<Integer> grid, double[][] gaps) {
        var seeds = gaps[0].length;
        var slopes = new double[seeds];
        for (var seed = 0; seed < seeds; seed++) {
            var s = seed;
            slopes[seed] = line(
                    grid, logs(Arrays.stream(gaps).mapToDouble(row -> row[s]).toArray()));
        }
        var scatter = Scatter.of(slopes);
        return new Slope(scatter.mean(), scatter.mean() - scatter.margin(), scatter.mean() + scatter.margin());
    }

    /** The slope of log T/√T, the bound of the theorems, on this grid. */
    static double ofBound(List<Integer> grid) {
        return line(
                grid,
                grid.stream()
                        .mapToDouble(steps -> Math.log(Math.log(steps + 1.0) / Math.sqrt(steps)))
                        .toArray());
    }

    /** Natural logarithms of gaps. */
    static double[] logs(double[] gaps) {
        return Arrays.stream(gaps).map(gap -> Math.log(Math.max(gap, SMALLEST))).toArray();
    }

    private static double line(List<Integer> grid, double[] y) {
        var x = grid.stream().mapToDouble(Math::log).toArray();
        var meanX = Arrays.stream(x).average().orElseThrow();
        var above = 0.0;
        var below = 0.0;
        for (var i = 0; i < x.length; i++) {
            above += (x[i] - meanX) * y[i];
            below += (x[i] - meanX) * (x[i] - meanX);
        }
        return above / below;
    }
}
