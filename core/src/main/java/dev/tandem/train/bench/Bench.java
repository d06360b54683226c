package dev.tandem.train.bench;

import dev.tandem.model.Generator;
import dev.tandem.tensor.NativeSetup;
import dev.tandem.train.Policy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
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
        NativeSetup.ensure();
        settings.threads().ifPresent(NativeSetup::threads);
        var machine = Machine.here();
        try (var policy = BenchPolicy.create(settings.shape(), settings.precision(), settings.loraRank());
                var optimizer = BenchWorkloads.optimizer(policy)) {
            progress.accept("reference log-probs");
            var tasks = new BenchTasks(settings, policy);
            var workloads = BenchWorkloads.of(settings, policy, optimizer, tasks);
            var samples = samples(workloads);
            progress.accept("generation");
            var generation = generation(policy);
            progress.accept("matrix products alone");
            var batches = new BenchBatches(settings, tasks);
            var products = new GemmCeiling(
                            BenchPolicy.scalarType(settings.precision()),
                            policy.model().device())
                    .measure(batches.products());
            return new BenchReport(settings, batches, samples, products).result(machine, generation);
        }
    }

    /** Everything measured of one workload. */
    static final class Samples {
        final List<Workload.Step> steps = new ArrayList<>();
        OptionalLong peak = OptionalLong.empty();
    }

    private Map<String, Samples> samples(List<Workload> workloads) {
        var result = new LinkedHashMap<String, Samples>();
        workloads.forEach(w -> result.put(w.name(), new Samples()));
        for (var round = 0; round < settings.warmup() + settings.steps(); round++) {
            var warm = round >= settings.warmup();
            progress.accept(warm ? "round " + (round - settings.warmup() + 1) + " of " + settings.steps() : "warm-up");
            for (var workload : workloads) {
                ProcessMemory.resetPeak();
                var step = workload.step();
                if (warm) {
                    var sample = java.util.Objects.requireNonNull(result.get(workload.name()));
                    sample.steps.add(step);
                    var before = sample.peak.orElse(0);
                    ProcessMemory.peak().ifPresent(p -> sample.peak = OptionalLong.of(Math.max(before, p)));
                }
            }
        }
        return result;
    }

    /** Tokens a second of greedy generation, the median of several texts. */
    private static double generation(Policy policy) {
        var prompt = new int[PROMPT];
        java.util.Arrays.fill(prompt, 1);
        // not closed: that would free the policy's model
        var generator = new Generator(policy.model());
        var rates = new double[GENERATIONS];
        for (var i = -1; i < GENERATIONS; i++) {
            var start = System.nanoTime();
            var made = generator.greedy(prompt, NEW_TOKENS, java.util.Set.of()).length;
            if (i >= 0) {
                rates[i] = made / ((System.nanoTime() - start) * 1e-9);
            }
        }
        return BenchReport.median(rates);
    }
}
