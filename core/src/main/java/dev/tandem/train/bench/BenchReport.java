package dev.tandem.train.bench;

import dev.tandem.model.ParameterLayout;
import dev.tandem.train.bench.BenchResult.Product;
import dev.tandem.train.bench.WorkloadResult.StepTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;

/** Turns samples into a result. */
final class BenchReport {
    private static final double GIGA = 1e9;

    private final BenchSettings settings;
    private final BenchBatches batches;
    private final Map<String, Bench.Samples> samples;
    private final List<Product> products;
    private final double ceiling;

    BenchReport(
            BenchSettings settings, BenchBatches batches, Map<String, Bench.Samples> samples, List<Product> products) {
        this.settings = settings;
        this.batches = batches;
        this.samples = new LinkedHashMap<>(samples);
        this.products = List.copyOf(products);
        this.ceiling = GemmCeiling.gflops(products);
    }

    BenchResult result(Machine machine, double generation) {
        var workloads = new ArrayList<WorkloadResult>();
        samples.keySet().forEach(name -> workloads.add(workload(name)));
        return new BenchResult(
                machine,
                settings.shape().name(),
                ParameterLayout.of(settings.shape().config()).elements(),
                settings.precision().name().toLowerCase(Locale.ROOT),
                settings.loraRank(),
                settings.sftBatch(),
                settings.preferenceBatch(),
                workloads,
                mix(""),
                settings.naive() ? OptionalDouble.of(mix(BenchWorkloads.NAIVE)) : OptionalDouble.empty(),
                overheads(),
                generation,
                ceiling,
                products);
    }

    static double median(double[] values) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        var middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private WorkloadResult workload(String name) {
        var steps = steps(name);
        var seconds = seconds(steps);
        var tokens = tokens(steps);
        var speed = flops(name) / seconds / GIGA;
        return new WorkloadResult(
                name,
                tokens / seconds,
                median(steps.stream().mapToDouble(Workload.Step::seconds).toArray()),
                tokens / steps.size(),
                samples(name).peak,
                speed > 0 ? OptionalDouble.of(speed) : OptionalDouble.empty(),
                speed > 0 ? OptionalDouble.of(speed / ceiling) : OptionalDouble.empty(),
                steps.stream()
                        .map(s -> new StepTime(s.seconds(), s.loss(), s.tokens()))
                        .toList());
    }

    /** Operations counted for workloads of one objective; 0: not counted. */
    private double flops(String name) {
        var objective = name.startsWith(BenchWorkloads.NAIVE) ? name.substring(BenchWorkloads.NAIVE.length()) : name;
        return List.of(BenchTasks.SFT, BenchTasks.PREFERENCE).contains(objective) ? batches.flops(objective) : 0;
    }

    private double mix(String prefix) {
        var all = new ArrayList<>(steps(prefix + BenchTasks.SFT));
        all.addAll(steps(prefix + BenchTasks.PREFERENCE));
        return tokens(all) / seconds(all);
    }

    /**
     * A method's time beyond Sequential's for the same tokens. Sequential's time for a token is that of single-objective
     * steps of the objective the token is of, from the same run.
     */
    private Map<String, Double> overheads() {
        var result = new LinkedHashMap<String, Double>();
        for (var method : BenchWorkloads.methods()) {
            if (samples.containsKey(method)) {
                var expected = 0.0;
                for (var step : steps(method)) {
                    for (var entry : step.tokens().entrySet()) {
                        var alone = steps(entry.getKey());
                        expected += entry.getValue() * seconds(alone) / tokens(alone);
                    }
                }
                result.put(method, seconds(steps(method)) / expected - 1);
            }
        }
        return result;
    }

    private Bench.Samples samples(String name) {
        return Objects.requireNonNull(samples.get(name));
    }

    private List<Workload.Step> steps(String name) {
        return samples(name).steps;
    }

    private static double seconds(List<Workload.Step> steps) {
        return steps.stream().mapToDouble(Workload.Step::seconds).sum();
    }

    private static double tokens(List<Workload.Step> steps) {
        return steps.stream().mapToDouble(Workload.Step::allTokens).sum();
    }
}
