package dev.tandem.train.track;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code metrics.jsonl}: one JSON object a line, each written immediately, so that a reader may follow a run and a killed
 * run loses no more than its current line. Numbers that are not finite are written as null.
 */
public final class MetricsFile implements AutoCloseable {
    private final LineFile lines;

    private MetricsFile(LineFile lines) {
        this.lines = lines;
    }

    /** Starts a file. */
    public static MetricsFile create(Path file) {
        return new MetricsFile(LineFile.create(file));
    }

    /**
     * Continues a file after {@code stepsDone} steps: what was written beyond them is dropped, as is a line that was cut
     * off.
     *
     * @param evaluated whether the evaluation after these steps was before the checkpoint
     */
    public static MetricsFile resume(Path file, int stepsDone, boolean evaluated) {
        return Files.exists(file)
                ? new MetricsFile(LineFile.resume(file, line -> isBefore(line, stepsDone, evaluated)))
                : create(file);
    }

    /** A line is before the checkpoint if its step is below the steps done; an evaluation may be if it is equal. */
    private static boolean isBefore(String line, int stepsDone, boolean evaluated) {
        try {
            var record = JsonMapper.shared().readTree(line);
            var step = record.path(MetricNames.STEP);
            if (!step.isIntegralNumber()) {
                return record.isObject();
            }
            var evaluation = record.path(MetricNames.TYPE).asString("").equals(MetricNames.EVALUATION);
            return step.intValue() < stepsDone || (evaluation && evaluated && step.intValue() == stepsDone);
        } catch (JacksonException e) {
            return false; // the run was killed while it wrote this line
        }
    }

    /** Appends a record. */
    public void write(Map<String, Object> metrics) {
        lines.append(JsonMapper.shared().writeValueAsString(finite(metrics)));
    }

    /** Forces all lines to the disk. */
    void force() {
        lines.force();
    }

    /** JSON has no NaN and no infinity. */
    private static Object finite(Object value) {
        if (value instanceof Map<?, ?> map) {
            var result = new LinkedHashMap<String, Object>();
            map.forEach((key, v) -> {
                if (v instanceof Double d && !Double.isFinite(d)) {
                    result.put(String.valueOf(key), tools.jackson.databind.node.NullNode.getInstance());
                } else {
                    result.put(String.valueOf(key), finite(v));
                }
            });
            return result;
        }
        return value;
    }

    @Override
    public void close() {
        lines.close();
    }
}
