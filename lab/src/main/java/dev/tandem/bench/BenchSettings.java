package dev.tandem.bench;

import dev.tandem.UserException;
import dev.tandem.recipe.TrainRecipe.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The settings of a benchmark.
 *
 * @param shape the model
 * @param precision dtype of weights and activations
 * @param loraRank rank of the adapter; 0: all parameters are trained
 * @param loraTargets modules it is on; see {@link BenchShape#attentionInputs} for the usual ones
 * @param checkpointActivations keep only the blocks' inputs for the backward pass and compute the rest again
 * @param sftBatch instructions of a step
 * @param pairBatch pairs of a step
 * @param lengths of the examples
 * @param warmup steps of every workload before it is timed
 * @param steps timed steps of every workload
 * @param threads to compute with, at least 1
 * @param naive whether to measure the naive way as well
 * @param only names of {@link #WORKLOADS} to measure
 */
public record BenchSettings(
        BenchShape shape,
        Precision precision,
        int loraRank,
        List<String> loraTargets,
        boolean checkpointActivations,
        int sftBatch,
        int pairBatch,
        BenchLengths lengths,
        int warmup,
        int steps,
        int threads,
        boolean naive,
        Set<String> only) {

    static final String GENERATION = "generation";

    /** Everything that can be measured, in the order of reports. */
    public static final List<String> WORKLOADS = workloads();

    /** @throws UserException if {@code only} names something else or nothing */
    public BenchSettings {
        loraTargets = List.copyOf(loraTargets);
        only = Set.copyOf(only);
        for (var name : only) {
            if (!WORKLOADS.contains(name)) {
                throw new UserException(
                        "There is no workload '" + name + "'. Known: " + String.join(", ", WORKLOADS) + ".");
            }
        }
        if (only.isEmpty()) {
            throw new UserException("Name at least one workload of " + String.join(", ", WORKLOADS) + ".");
        }
    }

    /** Objectives measured by themselves. */
    List<String> objectives() {
        return BenchTasks.OBJECTIVES.stream().filter(only::contains).toList();
    }

    /** Methods measured; the one that the others are compared with is among them if any is. */
    List<String> methods() {
        var any = BenchMethods.NAMES.stream().anyMatch(only::contains);
        return BenchMethods.NAMES.stream()
                .filter(m -> only.contains(m) || (any && m.equals(BenchMethods.BASELINE)))
                .toList();
    }

    private static List<String> workloads() {
        var all = new ArrayList<>(BenchTasks.OBJECTIVES);
        all.addAll(BenchMethods.NAMES);
        all.add(GENERATION);
        return List.copyOf(all);
    }
}
