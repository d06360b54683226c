package dev.tandem.experiment.theory;

import dev.tandem.experiment.Spread;
import java.util.Arrays;

/**
 * Mean and sample standard deviation, and the margin that contains the true mean with 95 % confidence.
 *
 * @param mean arithmetic mean
 * @param deviation sample standard deviation, with n−1
 * @param margin half of Student's confidence interval of the mean
 */
record Scatter(double mean, double deviation, double margin) {

    /** @param values at least two values */
    static Scatter of(double[] values) {
        var spread = Spread.of(Arrays.stream(values).boxed().toList());
        var margin = Student.quantile(values.length - 1) * spread.deviation() / Math.sqrt(values.length);
        return new Scatter(spread.mean(), spread.deviation(), margin);
    }
}
