package dev.tandem.experiment.benchmark;

import dev.tandem.eval.Interval;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The scores of a model, or of a method and λ over their seeds, in all benchmarks.
 *
 * @param method {@code base}, {@code reference}, {@code optimum-…} or a method
 * @param lambda λ of a method
 * @param seeds number of runs
 * @param values scores by benchmark; only those that all runs have
 */
public record BenchmarkRow(String method, Optional<Double> lambda, int seeds, Map<String, Value> values) {
    public BenchmarkRow {
        values = new LinkedHashMap<>(values);
    }

    /**
     * A score over seeds.
     *
     * @param value mean
     * @param low mean of the lower ends of the 95 % intervals; as all seeds answer the same questions, more seeds do
     *     not narrow it
     * @param high mean of the upper ends
     * @param deviation sample standard deviation between seeds; 0 for one seed
     */
    public record Value(double value, double low, double high, double deviation) {
        static Value of(List<Interval> seeds) {
            var mean = seeds.stream().mapToDouble(Interval::value).average().orElse(Double.NaN);
            var squares = seeds.stream()
                    .mapToDouble(s -> (s.value() - mean) * (s.value() - mean))
                    .sum();
            return new Value(
                    mean,
                    seeds.stream().mapToDouble(Interval::low).average().orElse(Double.NaN),
                    seeds.stream().mapToDouble(Interval::high).average().orElse(Double.NaN),
                    seeds.size() < 2 ? 0 : Math.sqrt(squares / (seeds.size() - 1)));
        }
    }

    /** @param runs scores of each seed, by benchmark */
    public static BenchmarkRow of(String method, Optional<Double> lambda, List<Map<String, BenchmarkScore>> runs) {
        var values = new LinkedHashMap<String, Value>();
        runs.get(0).keySet().forEach(benchmark -> {
            var seeds = new ArrayList<Interval>();
            runs.forEach(run -> Optional.ofNullable(run.get(benchmark)).ifPresent(score -> seeds.add(score.value())));
            if (seeds.size() == runs.size()) {
                values.put(benchmark, Value.of(seeds));
            }
        });
        return new BenchmarkRow(method, lambda, runs.size(), values);
    }
}
