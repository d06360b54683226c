package dev.tandem.experiment.compare;

import dev.tandem.experiment.benchmark.BenchmarkRow;
import dev.tandem.experiment.compare.ComparisonResult.Dominance;
import dev.tandem.experiment.compare.ComparisonResult.Group;
import dev.tandem.experiment.compare.ComparisonResult.MethodFront;
import dev.tandem.experiment.compare.ComparisonResult.Row;
import dev.tandem.experiment.compare.ComparisonRun.Role;
import dev.tandem.math.Hypervolume;
import dev.tandem.math.MeanDeviation;
import dev.tandem.math.OptimalityGaps;
import dev.tandem.math.ParetoFront;
import dev.tandem.recipe.ComparedMethod;
import dev.tandem.recipe.ComparisonRecipe;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Combines the runs of a comparison into its result. */
final class ResultBuilder {
    /** How far beyond the worst runs hypervolumes are measured from, as a share of the runs' spread. */
    private static final double BEYOND = 0.1;

    private final ComparisonRecipe recipe;
    private final Map<String, Double> optima;
    private final Map<ComparisonRun, RunOutcome> runs;
    private final BenchmarkedModels measured;
    private final List<String> objectives;

    ResultBuilder(
            ComparisonRecipe recipe,
            Map<String, Double> optima,
            Map<ComparisonRun, RunOutcome> runs,
            BenchmarkedModels measured) {
        this.recipe = recipe;
        this.optima = optima;
        this.runs = runs;
        this.measured = measured;
        this.objectives = List.of(recipe.instructions(), ComparisonRecipe.PREFERENCE);
    }

    ComparisonResult build() {
        var front = new ParetoFront(runs.keySet().stream()
                .filter(r -> r.role() == Role.METHOD)
                .map(this::losses)
                .toList());
        var rows = runs.keySet().stream()
                .filter(run -> run.role() != Role.REFERENCE)
                .map(run -> row(run, front))
                .toList();
        var groups = groups(rows);
        var reference = recipe.hypervolumeReference().orElseGet(() -> beyondTheWorst(groups));
        return new ComparisonResult(
                objectives,
                optima,
                reference,
                rows,
                groups,
                fronts(groups, reference),
                dominance(groups),
                benchmarks(groups));
    }

    private List<BenchmarkRow> benchmarks(List<Group> groups) {
        var result = new ArrayList<BenchmarkRow>();
        measured.beforeMethodsNames()
                .forEach(name -> result.add(BenchmarkRow.of(name, Optional.empty(), List.of(measured.of(name)))));
        if (recipe.benchmarks().isEmpty()) {
            return result;
        }
        groups.forEach(group -> result.add(BenchmarkRow.of(
                group.method(),
                Optional.of(group.lambda()),
                runs.keySet().stream()
                        .filter(run -> run.kind().equals(group.method())
                                && run.lambda().equals(Optional.of(group.lambda())))
                        .map(run -> measured.of(run.name()))
                        .toList())));
        return result;
    }

    private RunOutcome finished(ComparisonRun run) {
        return Optional.ofNullable(runs.get(run)).orElseThrow();
    }

    private List<Double> losses(ComparisonRun run) {
        return values(finished(run).losses());
    }

    private List<Double> values(Map<String, Double> byObjective) {
        return objectives.stream()
                .map(o -> Optional.ofNullable(byObjective.get(o)).orElseThrow())
                .toList();
    }

    private Row row(ComparisonRun run, ParetoFront front) {
        var finished = finished(run);
        var gaps = OptimalityGaps.of(losses(run), values(optima));
        var byName = new LinkedHashMap<String, Double>();
        for (var i = 0; i < objectives.size(); i++) {
            byName.put(objectives.get(i), gaps.values().get(i));
        }
        return new Row(
                run,
                finished,
                byName,
                gaps.idealDistance(),
                Optional.ofNullable(finished.statistics().get(ComparisonRecipe.PREFERENCE + "/accuracy"))
                        .map(OptionalDouble::of)
                        .orElse(OptionalDouble.empty()),
                timeIncrease(run),
                run.role() == Role.METHOD && front.points().contains(losses(run)),
                measured.of(run.name()));
    }

    private OptionalDouble timeIncrease(ComparisonRun run) {
        if (run.role() != Role.METHOD) {
            return OptionalDouble.empty();
        }
        return ComparisonRecipe.BASELINES.stream()
                .flatMap(kind -> runs.keySet().stream()
                        .filter(other -> other.kind().equals(kind)
                                && other.lambda().equals(run.lambda())
                                && other.seed() == run.seed()))
                .mapToDouble(other -> finished(run).seconds() / finished(other).seconds() - 1)
                .findFirst();
    }

    private List<Group> groups(List<Row> rows) {
        var byGroup = rows.stream()
                .filter(row -> row.run().role() == Role.METHOD)
                .collect(Collectors.groupingBy(
                        row -> Map.entry(row.run().kind(), row.run().lambda().orElseThrow()),
                        LinkedHashMap::new,
                        Collectors.toList()));
        var result = new ArrayList<Group>();
        byGroup.forEach(
                (key, members) -> result.add(new Group(key.getKey(), key.getValue(), members.size(), values(members))));
        var order = recipe.methods().stream().map(ComparedMethod::name).toList();
        result.sort(
                Comparator.<Group>comparingInt(g -> order.indexOf(g.method())).thenComparingDouble(Group::lambda));
        return result;
    }

    private Map<String, MeanDeviation> values(List<Row> members) {
        var result = new LinkedHashMap<String, MeanDeviation>();
        for (var objective : objectives) {
            put(
                    result,
                    objective,
                    members,
                    row -> present(row.finished().losses().get(objective)));
        }
        for (var objective : objectives) {
            put(result, objective + "_gap", members, row -> present(row.gaps().get(objective)));
        }
        put(result, "ideal_distance", members, row -> OptionalDouble.of(row.idealDistance()));
        put(result, "accuracy", members, Row::accuracy);
        put(result, "seconds", members, row -> OptionalDouble.of(row.finished().seconds()));
        put(result, "time_increase", members, Row::timeIncrease);
        put(
                result,
                "peak_memory_bytes",
                members,
                row -> row.finished().peakMemoryBytes().isPresent()
                        ? OptionalDouble.of(row.finished().peakMemoryBytes().getAsLong())
                        : OptionalDouble.empty());
        return result;
    }

    private static OptionalDouble present(@org.jspecify.annotations.Nullable Double value) {
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    /** A value that one of the runs lacks is omitted. */
    private static void put(
            Map<String, MeanDeviation> result, String name, List<Row> members, Function<Row, OptionalDouble> value) {
        var values = members.stream().map(value).toList();
        if (values.stream().allMatch(OptionalDouble::isPresent)) {
            result.put(
                    name,
                    MeanDeviation.of(
                            values.stream().map(OptionalDouble::getAsDouble).toList()));
        }
    }

    private List<Double> point(Group group) {
        return objectives.stream().map(o -> group.value(o).mean()).toList();
    }

    private Map<String, Double> beyondTheWorst(List<Group> groups) {
        var result = new LinkedHashMap<String, Double>();
        for (var objective : objectives) {
            var losses =
                    groups.stream().mapToDouble(g -> g.value(objective).mean()).summaryStatistics();
            if (losses.getCount() > 0) {
                result.put(objective, losses.getMax() + BEYOND * (losses.getMax() - losses.getMin()));
            }
        }
        return result;
    }

    private List<MethodFront> fronts(List<Group> groups, Map<String, Double> reference) {
        var result = new ArrayList<MethodFront>();
        var byMethod =
                groups.stream().collect(Collectors.groupingBy(Group::method, LinkedHashMap::new, Collectors.toList()));
        byMethod.forEach((method, members) -> {
            var front = new ParetoFront(members.stream().map(this::point).toList());
            var points = members.stream()
                    .filter(group -> front.points().contains(point(group)))
                    .sorted(Comparator.comparingDouble(group -> point(group).get(0)))
                    .toList();
            result.add(new MethodFront(method, points, Hypervolume.of(front.points(), values(reference))));
        });
        return result;
    }

    private List<Dominance> dominance(List<Group> groups) {
        return groups.stream()
                .flatMap(better -> groups.stream()
                        .filter(worse -> ParetoFront.dominates(point(better), point(worse)))
                        .map(worse -> new Dominance(better, worse)))
                .toList();
    }
}
