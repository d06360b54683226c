package dev.tandem.train.bench;

import dev.tandem.model.ParameterLayout;
import dev.tandem.train.bench.BenchResult.Product;
import dev.tandem.train.bench.WorkloadResult.StepTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/** Turns samples into a result. */
final class BenchReport {
    private static final double GIGA = 1e9;

    private final BenchSettings settings;
    private final BenchBatches batches;
    private final Map<String, Samples> samples;
    private final List<Product> products;
    private final OptionalDouble ceiling;

    BenchReport(BenchSettings settings, BenchBatches batches, Map<String, Samples> samples, List<Product> products) {
        this.settings = settings;
        this.batches = batches;
        this.samples = new LinkedHashMap<>(samples);
        this.products = List.copyOf(products);
        this.ceiling = products.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(GemmCeiling.gflops(products));
    }

    /** A result without training. */
    static BenchResult ofGeneration(BenchSettings settings, Machine machine, Optional<GenerationResult> generation) {
        return new BenchResult(
                BenchResult.FORMAT,
                machine,
                model(settings),
                List.of(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                List.of(),
                OptionalDouble.empty(),
                generation,
                OptionalDouble.empty(),
                List.of());
    }

    BenchResult result(
            Machine machine, List<MethodResult> methods, double reference, Optional<GenerationResult> generation) {
        return new BenchResult(
                BenchResult.FORMAT,
                machine,
                model(settings),
                samples.keySet().stream().map(this::workload).toList(),
                mix(""),
                mix(BenchWorkloads.NAIVE),
                methods,
                OptionalDouble.of(reference),
                generation,
                ceiling,
                products);
    }

    private static BenchResult.Model model(BenchSettings settings) {
        return new BenchResult.Model(
                settings.shape().name(),
                ParameterLayout.of(settings.shape().spec()).elements(),
                settings.precision().name().toLowerCase(Locale.ROOT),
                settings.loraRank(),
                settings.checkpointActivations(),
                settings.sftBatch(),
                settings.pairBatch(),
                settings.warmup());
    }

    private WorkloadResult workload(String name) {
        var measured = Objects.requireNonNull(samples.get(name));
        var steps = measured.steps();
        var speed = flops(name) / measured.seconds() / GIGA;
        return new WorkloadResult(
                name,
                measured.tokens() / measured.seconds(),
                Samples.median(
                        steps.stream().mapToDouble(Workload.Step::seconds).toArray()),
                measured.tokens() / steps.size(),
                measured.peak(),
                speed,
                speed / ceiling.orElseThrow(),
                steps.stream()
                        .map(s -> new StepTime(s.seconds(), s.loss(), s.allTokens()))
                        .toList());
    }

    private double flops(String workload) {
        return workload.startsWith(BenchWorkloads.NAIVE)
                ? batches.flopsOfSeparateSequences(workload.substring(BenchWorkloads.NAIVE.length()))
                : batches.flops(workload);
    }

    private OptionalDouble mix(String prefix) {
        var all = new ArrayList<Workload.Step>();
        for (var objective : BenchTasks.OBJECTIVES) {
            var measured = samples.get(prefix + objective);
            if (measured == null) {
                return OptionalDouble.empty();
            }
            all.addAll(measured.steps());
        }
        return OptionalDouble.of(Samples.tokens(all) / Samples.seconds(all));
    }
}
