package dev.tandem.train.bench;

import dev.tandem.tensor.NativeSetup;
import dev.tandem.train.AdamW;
import dev.tandem.train.DTypes;
import dev.tandem.train.Policy;
import dev.tandem.train.bench.BenchResult.Product;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Measures training and generation of one shape. Workloads alternate step by step, so that other work on the machine
 * affects all of them equally.
 */
public final class Bench {
    private final BenchSettings settings;
    private final Consumer<String> progress;

    /** @param progress receives a short description of what is being measured */
    public Bench(BenchSettings settings, Consumer<String> progress) {
        this.settings = settings;
        this.progress = progress;
    }

    /**
     * Runs all requested measurements.
     *
     * @throws dev.tandem.UserException if the naive baseline is requested, but is not implemented for the shape
     */
    public BenchResult run() {
        NativeSetup.threads(settings.threads());
        var machine = Machine.here(settings.threads());
        if (settings.only().equals(Set.of(BenchSettings.GENERATION))) {
            return BenchReport.ofGeneration(settings, machine, generation());
        }
        try (var policy = BenchPolicy.create(settings);
                var optimizer = BenchWorkloads.optimizer(policy)) {
            // the weights were drawn on the Java heap, where a run that loads them leaves nothing
            System.gc();
            return measure(machine, policy, optimizer);
        }
    }

    private BenchResult measure(Machine machine, Policy policy, AdamW optimizer) {
        progress.accept("log-probs of the reference");
        var tasks = new BenchTasks(settings, policy);
        try (var workloads = new BenchWorkloads(settings, optimizer, tasks)) {
            var samples = samples(workloads.objectives(policy));
            var methods = new MethodRounds(settings, policy, workloads).measure(progress);
            var batches = new BenchBatches(settings, tasks, policy.model());
            return new BenchReport(settings, batches, samples, products(batches, policy))
                    .result(machine, methods, tasks.referenceTokensPerSecond(), generation());
        }
    }

    private Optional<GenerationResult> generation() {
        return settings.only().contains(BenchSettings.GENERATION)
                ? Optional.of(new GenerationBench(settings, progress).measure())
                : Optional.empty();
    }

    private Map<String, Samples> samples(List<Workload> workloads) {
        var result = new LinkedHashMap<String, Samples>();
        workloads.forEach(w -> result.put(w.name(), new Samples()));
        for (var i = 0; i < settings.warmup() && !workloads.isEmpty(); i++) {
            progress.accept("warm-up");
            workloads.forEach(Workload::step);
        }
        for (var i = 0; i < settings.steps() && !workloads.isEmpty(); i++) {
            progress.accept("step " + (i + 1) + " of " + settings.steps());
            workloads.forEach(w -> Objects.requireNonNull(result.get(w.name())).take(w));
        }
        return result;
    }

    private List<Product> products(BenchBatches batches, Policy policy) {
        if (settings.objectives().isEmpty()) {
            return List.of();
        }
        progress.accept("matrix products alone");
        var type = DTypes.of(settings.precision()).scalarType();
        return new GemmCeiling(type, policy.model().device(), settings.threads()).measure(batches.products());
    }
}
