package dev.tandem.train.track;

import dev.tandem.tensor.machine.ProcessMemory;
import dev.tandem.train.event.EvaluationEvent;
import dev.tandem.train.event.StepEvent;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Writes {@code metrics.jsonl}, one line for the data, every step and every evaluation. The board, reports and comparisons read
 * it, see {@link MetricsReader}.
 */
public final class JsonLinesTracker implements Tracker {
    /** {@code jsonl}, without keys. */
    public static final TrackerType TYPE = TrackerType.of("jsonl", Set.of(), section -> new Settings());

    private final MetricsFile file;

    private JsonLinesTracker(MetricsFile file) {
        this.file = file;
    }

    /** The setting of a recipe. */
    public record Settings() implements TrackerRecipe {
        @Override
        public TrackerType type() {
            return TYPE;
        }

        @Override
        public Tracker create(TrackerContext run) {
            var path = run.folder().resolve(MetricNames.FILE);
            return new JsonLinesTracker(
                    run.resumed()
                            ? MetricsFile.resume(path, run.stepsDone(), run.evaluated())
                            : MetricsFile.create(path));
        }
    }

    @Override
    public void begin(Map<String, Object> data) {
        var line = line(MetricNames.DATA);
        line.putAll(data);
        file.write(line);
    }

    @Override
    public void onStep(StepEvent event) {
        var line = line(MetricNames.STEP);
        line.put(MetricNames.STEP, event.step());
        line.put(MetricNames.OBJECTIVE, String.join("+", event.losses().keySet()));
        line.put(MetricNames.LOSSES, event.losses());
        line.put(MetricNames.GRAD_NORM, event.gradNorm());
        line.put(MetricNames.LEARNING_RATE, event.learningRate());
        line.put(MetricNames.TOKENS, event.tokens());
        line.put(MetricNames.TRAINED_TOKENS, event.trainedTokens());
        line.put(MetricNames.SECONDS, event.seconds());
        if (event.skipped()) {
            line.put(MetricNames.SKIPPED, true);
        }
        ProcessMemory.resident().ifPresent(bytes -> line.put(MetricNames.MEMORY_BYTES, bytes));
        line.put(MetricNames.STATISTICS, sorted(event.statistics()));
        line.put(MetricNames.NOTES, sorted(event.notes()));
        file.write(line);
    }

    @Override
    public void onEvaluation(EvaluationEvent event) {
        var line = line(MetricNames.EVALUATION);
        line.put(MetricNames.STEP, event.step());
        line.put(MetricNames.LOSSES, event.losses());
        line.put(MetricNames.GAPS, event.gaps());
        event.idealDistance().ifPresent(distance -> line.put(MetricNames.IDEAL_DISTANCE, distance));
        line.put(MetricNames.STATISTICS, sorted(event.statistics()));
        line.put(MetricNames.SECONDS, event.seconds());
        file.write(line);
    }

    private static Map<String, Object> line(String type) {
        var line = new LinkedHashMap<String, Object>();
        line.put(MetricNames.TYPE, type);
        return line;
    }

    /** Maps are sorted by their keys: a resumed run, another process, must write the same lines. */
    private static Map<String, Double> sorted(Map<String, Double> values) {
        return new TreeMap<>(values);
    }

    @Override
    public void force() {
        file.force();
    }

    @Override
    public void close() {
        file.close();
    }
}
