package dev.tandem.cli.report;

import dev.tandem.InputFiles;
import dev.tandem.UserException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads a {@code metrics.jsonl}. Lines that are not a metric, such as one cut off, are counted and left out. */
final class MetricsReader {
    private static final int LONGEST_LINE = 1 << 20;
    /** Years of training; what is read stays in memory until it is thinned. */
    private static final int MOST_LINES = 5_000_000;

    private final List<String> objectives;
    private final List<double[]> evaluations = new ArrayList<>();
    private final Map<String, List<double[]>> training = new LinkedHashMap<>();
    private final List<double[]> choices = new ArrayList<>();
    private Optional<JsonNode> data = Optional.empty();
    private double seconds;
    private int read;
    private int skipped;

    private MetricsReader(List<String> objectives) {
        this.objectives = objectives;
    }

    /**
     * Reads {@code file}; a missing one has no curves.
     *
     * @throws UserException if it is there and cannot be read
     */
    static RunCurves read(Path file, List<String> objectives) {
        if (!Files.isRegularFile(file)) {
            return RunCurves.NONE;
        }
        var reader = new MetricsReader(objectives);
        var tooLong = InputFiles.lines(file, LONGEST_LINE, reader::line);
        reader.skipped += tooLong;
        return reader.curves();
    }

    private void line(String line) {
        if (line.isBlank()) {
            return;
        }
        if (++read > MOST_LINES) {
            skipped++;
            return;
        }
        try {
            var json = JsonMapper.shared().readTree(line);
            switch (json.path("type").asString("")) {
                case "data" -> data = Optional.of(json);
                case "step" -> step(json);
                case "evaluation" -> evaluation(json);
                default -> skipped++;
            }
        } catch (JacksonException e) {
            skipped++;
        }
    }

    private void step(JsonNode json) {
        if (!json.path("step").isNumber() || !json.path("losses").isObject()) {
            skipped++;
            return;
        }
        var step = json.path("step").doubleValue() + 1;
        seconds += Math.max(0, json.path("seconds").asDouble(0));
        for (var objective : objectives) {
            if (json.path("losses").has(objective)) {
                training.computeIfAbsent(objective, name -> new ArrayList<>())
                        .add(new double[] {step, seconds, Json.number(json.path("losses"), objective)});
            }
        }
        var notes = json.path("notes");
        if (objectives.stream().allMatch(objective -> notes.has("gap/" + objective))) {
            var second = json.path("objective").asString("").equals(objectives.get(1));
            choices.add(new double[] {
                step,
                second ? 1 : 0,
                Json.number(notes, "gap/" + objectives.get(0)),
                Json.number(notes, "gap/" + objectives.get(1))
            });
        }
    }

    private void evaluation(JsonNode json) {
        if (!json.path("step").isNumber() || !json.path("losses").isObject()) {
            skipped++;
            return;
        }
        evaluations.add(new double[] {
            json.path("step").doubleValue(),
            seconds,
            Json.number(json.path("losses"), objectives.get(0)),
            Json.number(json.path("losses"), objectives.get(1))
        });
    }

    private RunCurves curves() {
        var smooth = training.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> Thinning.thin(Thinning.smooth(entry.getValue())),
                        (a, b) -> a,
                        LinkedHashMap::new));
        return new RunCurves(Thinning.thin(evaluations), smooth, Thinning.thin(choices), data, skipped);
    }
}
