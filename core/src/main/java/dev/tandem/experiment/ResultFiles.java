package dev.tandem.experiment;

import dev.tandem.experiment.ComparisonResult.Group;
import dev.tandem.experiment.ComparisonResult.MethodFront;
import dev.tandem.experiment.ComparisonResult.Row;
import dev.tandem.experiment.benchmark.BenchmarkScore;
import dev.tandem.recipe.ComparisonRecipe;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes a comparison's results as files: {@code results.json} with everything, {@code results.csv} with one row per
 * run.
 */
final class ResultFiles {
    private static final int VERSION = 1;

    private ResultFiles() {}

    static String json(ComparisonRecipe recipe, ComparisonResult result) {
        var json = new LinkedHashMap<String, Object>();
        json.put("version", VERSION);
        json.put("title", String.valueOf(recipe.base().output().toAbsolutePath().getFileName()));
        json.put("objectives", result.objectives());
        json.put("optima", result.optima());
        json.put("reference", recipe.reference().policy().name().toLowerCase(Locale.ROOT));
        json.put("starts_from_reference", recipe.reference().start());
        json.put("baseline", "sequential");
        json.put("steps", recipe.base().train().steps());
        json.put("hypervolume_reference", result.hypervolumeReference());
        var environment = ComparisonFile.environment();
        environment.put(
                "command",
                "tandem compare " + new ComparisonFolder(recipe.base().output()).recipe());
        json.put("environment", environment);
        json.put("runs", result.rows().stream().map(ResultFiles::row).toList());
        json.put("groups", result.groups());
        json.put(
                "methods",
                result.fronts().stream().map(f -> front(f, result.objectives())).toList());
        json.put(
                "dominance",
                result.dominance().stream()
                        .map(d -> ordered("dominates", name(d.better()), "dominated", name(d.worse())))
                        .toList());
        if (!recipe.benchmarks().isEmpty()) {
            json.put("benchmarks", benchmarks(recipe, result));
        }
        return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
    }

    private static Map<String, Object> benchmarks(ComparisonRecipe recipe, ComparisonResult result) {
        var settings = new LinkedHashMap<String, Object>();
        recipe.benchmarks().forEach((name, benchmark) -> settings.put(name, benchmark.yaml()));
        var rows = result.benchmarks().stream()
                .map(row -> {
                    var line = new LinkedHashMap<String, Object>();
                    line.put("method", row.method());
                    row.lambda().ifPresent(lambda -> line.put("lambda", lambda));
                    line.put("seeds", row.seeds());
                    line.put("values", row.values());
                    return line;
                })
                .toList();
        return ordered("settings", settings, "rows", rows);
    }

    private static Map<String, Object> row(Row row) {
        var json = new LinkedHashMap<String, Object>();
        json.put("name", row.run().name());
        json.put("method", row.run().kind());
        row.run().lambda().ifPresent(lambda -> json.put("lambda", lambda));
        json.put("seed", row.run().seed());
        json.put("losses", row.finished().losses());
        json.put("gaps", row.gaps());
        json.put("ideal_distance", row.idealDistance());
        row.accuracy().ifPresent(accuracy -> json.put("accuracy", accuracy));
        json.put("seconds", row.finished().seconds());
        row.timeIncrease().ifPresent(increase -> json.put("time_increase", increase));
        row.finished().peakMemoryBytes().ifPresent(bytes -> json.put("peak_memory_bytes", bytes));
        json.put("steps", row.finished().steps());
        json.put("tokens", row.finished().tokens());
        json.put("on_front", row.onFront());
        if (!row.benchmarks().isEmpty()) {
            var reached = new LinkedHashMap<String, Object>();
            row.benchmarks().forEach((name, score) -> reached.put(name, score.value()));
            json.put("benchmarks", reached);
        }
        json.put("folder", "runs/" + row.run().name());
        return json;
    }

    private static Map<String, Object> front(MethodFront front, List<String> objectives) {
        var json = new LinkedHashMap<String, Object>();
        json.put("method", front.method());
        json.put(
                "front",
                front.points().stream()
                        .map(group -> {
                            var point = new LinkedHashMap<String, Object>();
                            point.put("lambda", group.lambda());
                            objectives.forEach(o -> point.put(o, group.value(o).mean()));
                            return point;
                        })
                        .toList());
        json.put("hypervolume", front.hypervolume());
        return json;
    }

    private static Map<String, Object> name(Group group) {
        return ordered("method", group.method(), "lambda", group.lambda());
    }

    /** Used instead of Map.of, whose order differs from one start of the JVM to the next. */
    private static Map<String, Object> ordered(String first, Object firstValue, String second, Object secondValue) {
        var result = new LinkedHashMap<String, Object>();
        result.put(first, firstValue);
        result.put(second, secondValue);
        return result;
    }

    static String csv(ComparisonRecipe recipe, ComparisonResult result) {
        var benchmarks = List.copyOf(recipe.benchmarks().keySet());
        var lines = new ArrayList<String>();
        var header = new ArrayList<>(List.of("run", "method", "lambda", "seed"));
        result.objectives().forEach(o -> header.addAll(List.of(o + "_loss", o + "_gap")));
        header.addAll(List.of(
                "ideal_distance",
                "preference_accuracy",
                "seconds",
                "time_increase",
                "peak_memory_bytes",
                "steps",
                "tokens",
                "on_front"));
        benchmarks.forEach(name -> header.addAll(List.of(name, name + "_low", name + "_high")));
        lines.add(String.join(",", header));
        result.rows().forEach(row -> lines.add(String.join(",", cells(row, result.objectives(), benchmarks))));
        return String.join("\n", lines) + "\n";
    }

    /** The cells of a row. No cell needs quoting: objectives' and benchmarks' names have no commas. */
    private static List<String> cells(Row row, List<String> objectives, List<String> benchmarks) {
        var cells = new ArrayList<String>();
        cells.add(row.run().name());
        cells.add(row.run().kind());
        cells.add(row.run().lambda().map(String::valueOf).orElse(""));
        cells.add(String.valueOf(row.run().seed()));
        for (var objective : objectives) {
            cells.add(String.valueOf(row.finished().losses().get(objective)));
            cells.add(String.valueOf(row.gaps().get(objective)));
        }
        cells.add(String.valueOf(row.idealDistance()));
        cells.add(cell(row.accuracy()));
        cells.add(String.valueOf(row.finished().seconds()));
        cells.add(cell(row.timeIncrease()));
        cells.add(cell(row.finished().peakMemoryBytes()));
        cells.add(String.valueOf(row.finished().steps()));
        cells.add(String.valueOf(row.finished().tokens()));
        cells.add(String.valueOf(row.onFront()));
        for (var benchmark : benchmarks) {
            var score = Optional.ofNullable(row.benchmarks().get(benchmark)).map(BenchmarkScore::value);
            cells.add(score.map(s -> String.valueOf(s.value())).orElse(""));
            cells.add(score.map(s -> String.valueOf(s.low())).orElse(""));
            cells.add(score.map(s -> String.valueOf(s.high())).orElse(""));
        }
        return cells;
    }

    private static String cell(OptionalDouble value) {
        return value.isPresent() ? String.valueOf(value.getAsDouble()) : "";
    }

    private static String cell(OptionalLong value) {
        return value.isPresent() ? String.valueOf(value.getAsLong()) : "";
    }
}
