package dev.tandem.experiment.benchmark;

import dev.tandem.UserException;
import dev.tandem.io.AtomicFiles;
import dev.tandem.io.InputFiles;
import dev.tandem.math.Interval;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code benchmarks.json}: a model's scores by benchmark, with the settings they were measured with. */
final class BenchmarkFile {
    private static final int MAX_BYTES = 100_000_000;

    private final Path file;
    private final ObjectNode json;

    /** @throws UserException if the file is damaged */
    BenchmarkFile(Path file) {
        this.file = file;
        this.json = read(file);
    }

    private static ObjectNode read(Path file) {
        if (!Files.exists(file)) {
            return JsonMapper.shared().createObjectNode();
        }
        try {
            if (JsonMapper.shared().readTree(InputFiles.text(file, MAX_BYTES)) instanceof ObjectNode object) {
                return object;
            }
        } catch (JacksonException e) {
            throw damaged(file);
        }
        throw damaged(file);
    }

    private static UserException damaged(Path file) {
        return new UserException(file + " is damaged. Remove it to have the benchmarks run again.");
    }

    /** The score measured with these settings, if any. */
    Optional<BenchmarkScore> score(String benchmark, Map<String, Object> settings) {
        var entry = json.path(benchmark);
        var value = entry.path("value");
        if (!entry.path("settings").toString().equals(tree(settings).toString())
                || !value.path("value").isNumber()
                || !(entry.path("details") instanceof ObjectNode details)) {
            return Optional.empty();
        }
        return Optional.of(new BenchmarkScore(
                new Interval(
                        value.path("value").asDouble(),
                        value.path("low").asDouble(Double.NaN),
                        value.path("high").asDouble(Double.NaN)),
                details));
    }

    /** Stores a score. */
    void put(String benchmark, Map<String, Object> settings, BenchmarkScore score) {
        var entry = JsonMapper.shared().createObjectNode();
        entry.set("settings", tree(settings));
        entry.set("value", JsonMapper.shared().valueToTree(score.value()));
        entry.set("details", score.details());
        json.set(benchmark, entry);
        AtomicFiles.write(
                file, JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
    }

    private static JsonNode tree(Map<String, Object> settings) {
        return JsonMapper.shared().valueToTree(settings);
    }
}
