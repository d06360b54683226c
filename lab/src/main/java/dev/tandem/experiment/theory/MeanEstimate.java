package dev.tandem.experiment.theory;

import dev.tandem.math.MeanDeviation;
import dev.tandem.math.StudentT;
import java.util.Arrays;

/**
 * Mean and sample standard deviation, and the margin that contains the true mean with 95 % confidence.
 *
 * @param mean arithmetic mean
 * @param deviation sample standard deviation, with n−1
 * @param margin half of Student's confidence interval of the mean
 */
record MeanEstimate(double mean, double deviation, double margin) {

    /** @param values at least two values */
    static MeanEstimate of(double[] values) {
        var spread = MeanDeviation.of(Arrays.stream(values).boxed().toList());
        var margin = StudentT.quantile(values.length - 1) * spread.deviation() / Math.sqrt(values.length);
        return new MeanEstimate(spread.mean(), spread.deviation(), margin);
    }
}
