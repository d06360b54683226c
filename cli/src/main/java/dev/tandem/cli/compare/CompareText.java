package dev.tandem.cli.compare;

import dev.tandem.cli.console.ConsoleLines;
import dev.tandem.cli.console.ConsoleTable;
import dev.tandem.cli.console.Durations;
import dev.tandem.experiment.compare.ComparisonPlan;
import dev.tandem.experiment.compare.ComparisonResult;
import dev.tandem.experiment.compare.ComparisonResult.Group;
import dev.tandem.experiment.compare.ComparisonResult.MethodFront;
import dev.tandem.experiment.compare.ComparisonRun;
import dev.tandem.math.MeanDeviation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A comparison's plan and result for the console. */
final class CompareText {
    private static final double MIB = 1 << 20;

    private CompareText() {}

    /**
     * The plan, a line for every kind of run.
     *
     * @param done the runs that are done already
     * @param secondsLeft seconds that the others will take
     */
    static List<String> plan(ComparisonPlan plan, int done, Map<String, Double> seconds, double secondsLeft) {
        var table = new ArrayList<List<String>>();
        table.add(List.of("runs", "", "steps each", "about"));
        var byKind = plan.runs().stream()
                .collect(Collectors.groupingBy(ComparisonRun::kind, LinkedHashMap::new, Collectors.toList()));
        byKind.forEach((kind, runs) -> table.add(List.of(
                String.valueOf(runs.size()),
                kind + lambdas(runs),
                String.format(Locale.ROOT, "%,d", runs.get(0).steps()),
                Durations.of(runs.stream()
                        .mapToDouble(run -> seconds.getOrDefault(run.name(), 0.0))
                        .sum()))));
        var lines = new ArrayList<>(ConsoleTable.lines(table));
        lines.add(String.format(
                Locale.ROOT,
                "%d runs, %,d steps%s; about %s",
                plan.runs().size(),
                plan.steps(),
                done > 0 ? ", " + done + " runs done already" : "",
                Durations.of(secondsLeft)));
        return lines;
    }

    private static String lambdas(List<ComparisonRun> runs) {
        var lambdas = runs.stream()
                .map(ComparisonRun::lambda)
                .flatMap(Optional::stream)
                .distinct()
                .toList();
        return lambdas.isEmpty()
                ? ""
                : " λ " + lambdas.stream().map(String::valueOf).collect(Collectors.joining(" "));
    }

    static List<String> lines(ComparisonResult result) {
        var lines = new ArrayList<String>();
        lines.add("");
        lines.addAll(ConsoleTable.lines(groups(result)));
        lines.add("");
        lines.add(String.format(
                Locale.ROOT,
                "gap: loss above what the objective alone reaches (f*: %s); ideal distance: both gaps together, less is"
                        + " better; time: against Sequential with the same λ",
                ConsoleLines.numbers(result.optima(), "%.4f")));
        lines.add("");
        lines.addAll(ConsoleTable.lines(fronts(result)));
        lines.add("hypervolume: area between the front over λ and ("
                + ConsoleLines.numbers(result.hypervolumeReference(), "%.4f") + "), more is better");
        lines.addAll(dominance(result));
        nearest(result).ifPresent(lines::add);
        lines.addAll(BenchmarkText.lines(result.benchmarks()));
        return lines;
    }

    /** With several runs at a time, memory is not measured. */
    private static List<List<String>> groups(ComparisonResult result) {
        var table = allColumns(result);
        var empty = table.stream()
                .skip(1)
                .allMatch(cells -> cells.get(cells.size() - 1).isEmpty());
        return empty
                ? table.stream()
                        .map(cells -> cells.subList(0, cells.size() - 1))
                        .toList()
                : table;
    }

    private static List<List<String>> allColumns(ComparisonResult result) {
        var first = result.objectives().get(0);
        var second = result.objectives().get(1);
        var table = new ArrayList<List<String>>();
        table.add(List.of(
                "method", "λ", first, "gap", second, "gap", "ideal distance", "accuracy", "seconds", "time", "MiB"));
        for (var group : result.groups()) {
            table.add(List.of(
                    group.method(),
                    String.valueOf(group.lambda()),
                    cell(group, first, "%.4f", 1),
                    cell(group, first + "_gap", "%.4f", 1),
                    cell(group, second, "%.4f", 1),
                    cell(group, second + "_gap", "%.4f", 1),
                    cell(group, "ideal_distance", "%.4f", 1),
                    cell(group, "accuracy", "%.3f", 1),
                    cell(group, "seconds", "%.1f", 1),
                    cell(group, "time_increase", "%+.1f %%", 100),
                    cell(group, "peak_memory_bytes", "%,.0f", 1 / MIB)));
        }
        return table;
    }

    /** A mean, with its deviation where there are several seeds. */
    private static String cell(Group group, String name, String format, double scale) {
        return Optional.ofNullable(group.values().get(name))
                .map(value -> String.format(Locale.ROOT, format, value.mean() * scale) + deviation(group, value, scale))
                .orElse("");
    }

    private static String deviation(Group group, MeanDeviation value, double scale) {
        return group.seeds() < 2 ? "" : String.format(Locale.ROOT, " ± %.2g", value.deviation() * scale);
    }

    private static List<List<String>> fronts(ComparisonResult result) {
        var table = new ArrayList<List<String>>();
        table.add(List.of("method", "hypervolume", "Pareto front over λ"));
        result.fronts().stream()
                .sorted(Comparator.comparingDouble(MethodFront::hypervolume).reversed())
                .forEach(front -> table.add(List.of(
                        front.method(),
                        String.format(Locale.ROOT, "%.5f", front.hypervolume()),
                        front.points().stream()
                                .map(group -> String.valueOf(group.lambda()))
                                .collect(Collectors.joining(" ")))));
        return table;
    }

    /** One line for each run with what it dominates, by method: {@code alright λ 0.25 0.5}. */
    private static List<String> dominance(ComparisonResult result) {
        var byBetter = new LinkedHashMap<String, Map<String, List<String>>>();
        result.dominance()
                .forEach(d -> byBetter.computeIfAbsent(name(d.better()), k -> new LinkedHashMap<>())
                        .computeIfAbsent(d.worse().method(), k -> new ArrayList<>())
                        .add(String.valueOf(d.worse().lambda())));
        return byBetter.entrySet().stream()
                .map(e -> e.getKey() + " is better in both than "
                        + e.getValue().entrySet().stream()
                                .map(worse -> worse.getKey() + " λ=" + String.join(", ", worse.getValue()))
                                .collect(Collectors.joining("; ")))
                .toList();
    }

    private static Optional<String> nearest(ComparisonResult result) {
        return result.groups().stream()
                .min(Comparator.comparingDouble(g -> g.value("ideal_distance").mean()))
                .map(group -> String.format(
                        Locale.ROOT,
                        "Nearest to the ideal point: %s, %.4f away",
                        name(group),
                        group.value("ideal_distance").mean()));
    }

    private static String name(Group group) {
        return group.method() + " λ=" + group.lambda();
    }
}
