package dev.tandem.cli.report;

import dev.tandem.UserException;
import dev.tandem.io.InputFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads JSON files and numbers in them; missing numbers are NaN. */
final class Json {
    private static final int MAX_BYTES = 100_000_000;

    private Json() {}

    /** The file's content, if there is a file. */
    static Optional<JsonNode> readOptional(Path file) {
        return text(file).map(text -> parse(file, text));
    }

    /** The text of a file, if there is a file. */
    static Optional<String> text(Path file) {
        return Files.exists(file) ? Optional.of(InputFiles.text(file, MAX_BYTES)) : Optional.empty();
    }

    private static JsonNode parse(Path file, String text) {
        try {
            return JsonMapper.shared().readTree(text);
        } catch (JacksonException e) {
            throw new UserException(
                    file + " is not valid JSON: " + e.getOriginalMessage()
                            + "; run tandem compare again, it writes the file",
                    e);
        }
    }

    /** The number under {@code name}, or NaN. */
    static double number(JsonNode object, String name) {
        return object.path(name).asDouble(Double.NaN);
    }

    /** The finite numbers of an object by their names, in its order. */
    static Map<String, Double> numbers(JsonNode object) {
        var result = new LinkedHashMap<String, Double>();
        object.properties().forEach(entry -> {
            if (entry.getValue().isNumber()) {
                result.put(entry.getKey(), entry.getValue().doubleValue());
            }
        });
        return result;
    }
}
