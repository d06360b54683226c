package dev.tandem.bench;

import dev.tandem.train.policy.Policy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Measures the methods against each other. In every round each method starts from the beginning on the same data and does
 * the same number of steps; within the round they alternate step by step, so that other work on the machine affects all of
 * them equally. A round is long enough for one probe of every method, and the median over rounds drops those that were
 * disturbed.
 */
final class MethodRounds {
    // one on each objective
    private static final int MIN_STEPS = 2;

    private final BenchSettings settings;
    private final Policy policy;
    private final BenchWorkloads workloads;

    MethodRounds(BenchSettings settings, Policy policy, BenchWorkloads workloads) {
        this.settings = settings;
        this.policy = policy;
        this.workloads = workloads;
    }

    /** Steps of one method in one round: as many as asked for, up to one period of probes; two at least. */
    static int stepsOfRound(BenchSettings settings) {
        return Math.max(MIN_STEPS, Math.min(settings.steps(), BenchMethods.PERIOD));
    }

    /** Measures; as many rounds as the timed steps fill. */
    List<MethodResult> measure(Consumer<String> progress) {
        if (settings.methods().isEmpty()) {
            return List.of();
        }
        var rounds = Math.max(1, settings.steps() / stepsOfRound(settings));
        if (settings.warmup() > 0) {
            progress.accept("methods, warm-up");
            round(MIN_STEPS);
        }
        var measured = new ArrayList<Map<String, StepSamples>>();
        for (var i = 0; i < rounds; i++) {
            progress.accept("methods, round " + (i + 1) + " of " + rounds);
            measured.add(round(stepsOfRound(settings)));
        }
        return settings.methods().stream().map(name -> result(name, measured)).toList();
    }

    private Map<String, StepSamples> round(int steps) {
        var turns = new LinkedHashMap<String, Workload>();
        settings.methods().forEach(name -> turns.put(name, workloads.training(name, policy, steps)));
        var samples = new LinkedHashMap<String, StepSamples>();
        turns.keySet().forEach(name -> samples.put(name, new StepSamples()));
        for (var step = 0; step < steps; step++) {
            turns.forEach((name, workload) -> of(samples, name).take(workload));
        }
        return samples;
    }

    private static MethodResult result(String name, List<Map<String, StepSamples>> rounds) {
        var own = rounds.stream().map(r -> of(r, name)).toList();
        var relative = rounds.stream()
                .map(r -> relative(of(r, name), of(r, BenchMethods.BASELINE)))
                .toList();
        return new MethodResult(
                name,
                StepSamples.median(
                        own.stream().mapToDouble(s -> s.tokens() / s.seconds()).toArray()),
                StepSamples.median(
                        own.stream().mapToDouble(s -> s.seconds() / s.tokens()).toArray()),
                StepSamples.median(
                        relative.stream().mapToDouble(Double::doubleValue).toArray()),
                relative,
                StepSamples.peakOf(own));
    }

    /**
     * A method's time divided by what its tokens take in Sequential: methods draw the objectives in different proportions, and
     * a token of one costs more than a token of the other.
     */
    private static double relative(StepSamples method, StepSamples sequential) {
        var perToken = new HashMap<String, Double>();
        for (var objective : BenchTasks.OBJECTIVES) {
            var alone = sequential.steps().stream()
                    .filter(s -> s.tokens().containsKey(objective))
                    .toList();
            perToken.put(objective, StepSamples.seconds(alone) / StepSamples.tokens(alone));
        }
        var expected = method.steps().stream()
                .flatMap(s -> s.tokens().entrySet().stream())
                .mapToDouble(e -> e.getValue() * Objects.requireNonNull(perToken.get(e.getKey())))
                .sum();
        return method.seconds() / expected;
    }

    private static StepSamples of(Map<String, StepSamples> samples, String name) {
        return Objects.requireNonNull(samples.get(name));
    }
}
