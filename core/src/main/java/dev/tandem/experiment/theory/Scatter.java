package dev.tandem.experiment.theory;

import java.util.Arrays;

/**
 * Mean and sample standard deviation, and the margin within which the true mean lies with 95 % confidence.
 *
 * @param mean arithmetic
 * @param deviation with n−1 below
 * @param margin half of Student's confidence interval of the mean
 */
record Scatter(double mean, double deviation, double margin) {

    /** @param values at least two */
    static Scatter of(double[] values) {
        var mean = Arrays.stream(values).average().orElseThrow();
        var squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
        var deviation = Math.sqrt(squares / (values.length - 1));
        var margin = Student.quantile(values.length - 1) * deviation / Math.sqrt(values.length);
        return new Scatter(mean, deviation, margin);
    }
}
