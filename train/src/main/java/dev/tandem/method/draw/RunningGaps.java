package dev.tandem.method.draw;

import java.util.Arrays;
import java.util.Map;

/**
 * How far each objective is from its optimum, estimated from losses of batches that arrive now and then: the mean of all of
 * its f − f*, where one of t steps ago has weight s^t. With s = 0 it is the last one alone.
 *
 * <p>Weights fall with time and not with the number of losses, so that an objective without a loss for a long time is
 * judged by the next one.
 */
public final class RunningGaps {
    private static final String MEAN = "gap/";
    private static final String WEIGHT = "weight/";
    private static final String SEEN = "seen/";

    private final double[] optima;
    private final double smoothing;
    private final double[] means;

    /** Sum of the weights in each mean at the time of the last loss; 0 before the first. */
    private final double[] sums;

    /** Step of the last loss. */
    private final int[] seen;

    /**
     * @param optima f* of every objective
     * @param smoothing s, from 0 to below 1
     */
    public RunningGaps(double[] optima, double smoothing) {
        this.optima = optima.clone();
        this.smoothing = smoothing;
        this.means = new double[optima.length];
        this.sums = new double[optima.length];
        this.seen = new int[optima.length];
        Arrays.fill(means, Double.NaN);
    }

    /** Adds a loss. */
    public void add(int objective, int step, double loss) {
        var gap = loss - optima[objective];
        var before =
                Double.isFinite(means[objective]) ? sums[objective] * Math.pow(smoothing, step - seen[objective]) : 0.0;
        // not a sum of products: where the past weighs nothing, the mean is the gap to the last bit
        means[objective] = before == 0.0 ? gap : means[objective] + (gap - means[objective]) / (before + 1.0);
        sums[objective] = before + 1.0;
        seen[objective] = step;
    }

    /** Whether a loss was added. */
    public boolean known(int objective) {
        return sums[objective] > 0.0;
    }

    /** The gap as it is known; NaN if no loss was added. */
    public double get(int objective) {
        return means[objective];
    }

    /** Steps since the last loss was added. */
    public int age(int objective, int step) {
        return step - seen[objective];
    }

    /** Adds everything that is needed to continue to a state. */
    public void save(Map<String, Double> values) {
        for (var i = 0; i < means.length; i++) {
            if (known(i)) {
                values.put(MEAN + i, means[i]);
                values.put(WEIGHT + i, sums[i]);
                values.put(SEEN + i, (double) seen[i]);
            }
        }
    }

    /** Restores it from a state. */
    public void restore(Map<String, Double> values) {
        for (var i = 0; i < means.length; i++) {
            means[i] = values.getOrDefault(MEAN + i, Double.NaN);
            sums[i] = values.getOrDefault(WEIGHT + i, 0.0);
            seen[i] = values.getOrDefault(SEEN + i, 0.0).intValue();
        }
    }
}
