package dev.tandem.cli.report;

import dev.tandem.UserException;
import dev.tandem.train.track.MetricNames;
import dev.tandem.train.track.MetricsLine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Reads the curves of a {@code metrics.jsonl}. Lines that are not a metric, such as one cut off, are counted and left out. */
final class MetricsReader {
    /** Years of training; what is read stays in memory until it is thinned. */
    private static final int MAX_LINES = 5_000_000;

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
    static RunSeries read(Path file, List<String> objectives) {
        if (!Files.isRegularFile(file)) {
            return RunSeries.NONE;
        }
        var reader = new MetricsReader(objectives);
        reader.skipped += dev.tandem.train.track.MetricsReader.read(file, reader::line);
        return reader.curves();
    }

    private void line(MetricsLine line) {
        if (++read > MAX_LINES) {
            skipped++;
        } else if (line instanceof MetricsLine.Data metadata) {
            data = Optional.of(metadata.json());
        } else if (line instanceof MetricsLine.Step step) {
            step(step);
        } else if (line instanceof MetricsLine.Evaluation evaluation) {
            evaluation(evaluation);
        } else {
            skipped++;
        }
    }

    private void step(MetricsLine.Step line) {
        var step = line.step() + 1.0;
        seconds += Math.max(0, line.seconds().orElse(0));
        for (var objective : objectives) {
            if (line.losses().containsKey(objective)) {
                training.computeIfAbsent(objective, name -> new ArrayList<>())
                        .add(new double[] {step, seconds, number(line.losses(), objective)});
            }
        }
        var gaps = objectives.stream().map(MetricNames::gapNote).toList();
        if (line.notes().keySet().containsAll(gaps)) {
            choices.add(new double[] {
                step,
                line.objective().equals(objectives.get(1)) ? 1 : 0,
                number(line.notes(), gaps.get(0)),
                number(line.notes(), gaps.get(1))
            });
        }
    }

    private void evaluation(MetricsLine.Evaluation line) {
        evaluations.add(new double[] {
            line.step(), seconds, number(line.losses(), objectives.get(0)), number(line.losses(), objectives.get(1))
        });
    }

    private static double number(Map<String, Double> values, String name) {
        return values.getOrDefault(name, Double.NaN);
    }

    private RunSeries curves() {
        var smooth = training.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> Downsampling.thin(Downsampling.smooth(entry.getValue())),
                        (a, b) -> a,
                        LinkedHashMap::new));
        return new RunSeries(Downsampling.thin(evaluations), smooth, Downsampling.thin(choices), data, skipped);
    }
}
