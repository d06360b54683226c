package dev.tandem.experiment;

import dev.tandem.experiment.benchmark.BenchmarkRow;
import dev.tandem.experiment.benchmark.BenchmarkScore;
import dev.tandem.recipe.ComparisonRecipe;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The result of a comparison.
 *
 * @param objectives names of both objectives, the instructions' first
 * @param optima f* by objective
 * @param hypervolumeReference loss of each objective from which hypervolumes are measured
 * @param rows one for each run, the optima first
 * @param groups one for each method and λ, over its seeds
 * @param fronts the Pareto front of each method over λ
 * @param dominance pairs of groups where the first is better in both losses (or in one and equal in the other), in
 *     means over seeds
 * @param benchmarks one for each model, or for each method and λ; none if the recipe has no benchmarks
 */
public record ComparisonResult(
        List<String> objectives,
        Map<String, Double> optima,
        Map<String, Double> hypervolumeReference,
        List<Row> rows,
        List<Group> groups,
        List<MethodFront> fronts,
        List<Dominance> dominance,
        List<BenchmarkRow> benchmarks) {
    public ComparisonResult {
        objectives = List.copyOf(objectives);
        optima = new LinkedHashMap<>(optima);
        hypervolumeReference = new LinkedHashMap<>(hypervolumeReference);
        rows = List.copyOf(rows);
        groups = List.copyOf(groups);
        fronts = List.copyOf(fronts);
        dominance = List.copyOf(dominance);
        benchmarks = List.copyOf(benchmarks);
    }

    /**
     * One run.
     *
     * @param gaps loss − f* at the end, by objective
     * @param idealDistance Euclidean norm of the gaps
     * @param accuracy fraction of pairs whose chosen answer has the larger reward
     * @param timeIncrease its time over Sequential's with the same λ and seed, minus one; absent without such a run
     * @param onFront whether no run of another λ or method is better in both losses
     * @param benchmarks its scores, by benchmark
     */
    public record Row(
            PlannedRun run,
            FinishedRun finished,
            Map<String, Double> gaps,
            double idealDistance,
            OptionalDouble accuracy,
            OptionalDouble timeIncrease,
            boolean onFront,
            Map<String, BenchmarkScore> benchmarks) {
        public Row {
            gaps = new LinkedHashMap<>(gaps);
            benchmarks = new LinkedHashMap<>(benchmarks);
        }
    }

    /**
     * The runs of a method with one λ.
     *
     * @param seeds number of runs
     * @param values by name: a loss by its objective, {@code <objective>_gap}, {@code ideal_distance}, {@code
     *     accuracy}, {@code seconds}, {@code time_increase}, {@code peak_memory_bytes}; only those that all runs have
     */
    public record Group(String method, double lambda, int seeds, Map<String, Spread> values) {
        public Group {
            values = new LinkedHashMap<>(values);
        }

        /** A value that all groups have. */
        public Spread value(String name) {
            return Optional.ofNullable(values.get(name)).orElseThrow();
        }
    }

    /**
     * The Pareto front of a method over λ.
     *
     * @param points groups that no other group of the method dominates, ordered by their first loss
     * @param hypervolume area that they dominate up to the reference point
     */
    public record MethodFront(String method, List<Group> points, double hypervolume) {
        public MethodFront {
            points = List.copyOf(points);
        }
    }

    /** One group is at least as good as another in both losses and better in one. */
    public record Dominance(Group better, Group worse) {}

    static ComparisonResult of(
            ComparisonRecipe recipe,
            Map<String, Double> optima,
            Map<PlannedRun, FinishedRun> runs,
            MeasuredModels measured) {
        return new ResultBuilder(recipe, optima, runs, measured).build();
    }
}
