package dev.tandem.experiment;

import java.util.List;

/**
 * Values of several seeds.
 *
 * @param mean mean of the values
 * @param deviation sample standard deviation; 0 for one value
 */
public record Spread(double mean, double deviation) {

    /** @param values values of at least one seed */
    public static Spread of(List<Double> values) {
        var mean = values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
        var squares = values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
        return new Spread(mean, values.size() < 2 ? 0 : Math.sqrt(squares / (values.size() - 1)));
    }
}
