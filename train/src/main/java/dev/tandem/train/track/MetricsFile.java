package dev.tandem.train.track;

import dev.tandem.UserException;
import dev.tandem.io.AppendedFile;
import dev.tandem.io.AtomicFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code metrics.jsonl}: one JSON object a line, each written immediately, so that a reader may follow a run and a killed
 * run loses no more than its current line. Numbers that are not finite are written as null.
 */
public final class MetricsFile implements AutoCloseable {
    private final Path file;
    private final AppendedFile records;

    private MetricsFile(Path file, AppendedFile records) {
        this.file = file;
        this.records = records;
    }

    /** Starts a file. */
    public static MetricsFile create(Path file) {
        return open(file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
    }

    /**
     * Continues a file after {@code stepsDone} steps: what was written beyond them is dropped, as is a line that was cut
     * off.
     *
     * @param evaluated whether the evaluation after these steps was before the checkpoint
     */
    public static MetricsFile resume(Path file, int stepsDone, boolean evaluated) {
        if (!Files.exists(file)) {
            return create(file);
        }
        try (var lines = Files.lines(file, StandardCharsets.UTF_8)) {
            var kept = lines.filter(line -> isBefore(line, stepsDone, evaluated))
                    .map(line -> line + "\n")
                    .collect(Collectors.joining());
            AtomicFiles.write(file, kept);
        } catch (IOException | UncheckedIOException e) {
            throw new UserException("Cannot read " + file + ": " + e.getMessage(), e);
        }
        return open(file);
    }

    private static MetricsFile open(Path file, StandardOpenOption... options) {
        try {
            var all = java.util.Set.copyOf(java.util.stream.Stream.concat(
                            java.util.Arrays.stream(options), java.util.stream.Stream.of(StandardOpenOption.WRITE))
                    .toList());
            return new MetricsFile(file, AppendedFile.open(file, all));
        } catch (IOException e) {
            throw new UserException("Cannot write " + file + ": " + e.getMessage(), e);
        }
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
        var line = JsonMapper.shared().writeValueAsString(finite(metrics)) + "\n";
        try {
            records.append(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    /** Forces all lines to the disk. */
    void force() {
        try {
            records.force();
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    private UserException cannotWrite(IOException e) {
        return new UserException("Cannot write " + file + ": " + e.getMessage() + ". The disk may be full.", e);
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
        try {
            records.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
