package dev.tandem.train.bench;

import dev.tandem.model.generation.BatchGenerator;
import dev.tandem.tensor.NativeSetup;
import dev.tandem.train.AdamW;
import dev.tandem.train.Policy;
import dev.tandem.train.bench.BenchResult.Product;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Measures training and generation of one shape. Workloads alternate step by step, so that whatever else the machine does
 * meets all of them alike.
 */
public final class Bench {
    private static final int PROMPT = 64;
    private static final int NEW_TOKENS = 16;
    private static final int GENERATIONS = 3;

    private final BenchSettings settings;
    private final Consumer<String> progress;

    /** @param progress told in a few words what is being measured */
    public Bench(BenchSettings settings, Consumer<String> progress) {
        this.settings = settings;
        this.progress = progress;
    }

    /**
     * Measures everything asked for.
     *
     * @throws dev.tandem.UserException if the naive baseline is asked for and not written for the shape
     */
    public BenchResult run() {
        NativeSetup.threads(settings.threads());
        var machine = Machine.here(settings.threads());
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
            return report(machine, policy, tasks, samples, methods);
        }
    }

    private BenchResult report(
            Machine machine,
            Policy policy,
            BenchTasks tasks,
            Map<String, Samples> samples,
            List<MethodResult> methods) {
        var generation = settings.only().contains(BenchSettings.GENERATION)
                ? OptionalDouble.of(generation(policy))
                : OptionalDouble.empty();
        var batches = new BenchBatches(settings, tasks, policy.model());
        return new BenchReport(settings, batches, samples, products(batches, policy))
                .result(machine, methods, tasks.referenceTokensPerSecond(), generation);
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
        var type = BenchPolicy.scalarType(settings.precision());
        return new GemmCeiling(type, policy.model().device(), settings.threads()).measure(batches.products());
    }

    /** Tokens a second of greedy generation, the median of several texts. */
    private double generation(Policy policy) {
        progress.accept("generation");
        var prompt = new int[PROMPT];
        Arrays.fill(prompt, 1);
        var rates = new double[GENERATIONS];
        for (var i = -1; i < GENERATIONS; i++) {
            var start = System.nanoTime();
            var made = BatchGenerator.greedy(policy.model(), List.of(prompt), NEW_TOKENS, Set.of(), Integer.MAX_VALUE)
                    .get(0)
                    .length;
            if (i >= 0) {
                rates[i] = made / ((System.nanoTime() - start) * 1e-9);
            }
        }
        return Samples.median(rates);
    }
}
