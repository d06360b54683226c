package dev.tandem.cli.report;

import dev.tandem.UserException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/** Reads {@code results.json}. Values that the page needs are checked; all others may be missing. */
final class ResultsReader {
    private static final String WHAT_TO_DO = "; tandem compare writes this file, run it again";

    private final Path folder;
    private final Path file;

    private ResultsReader(Path folder) {
        this.folder = folder;
        this.file = folder.resolve("results.json");
    }

    /** @throws UserException if the file is missing or is not what {@code tandem compare} writes */
    static Results read(Path folder) {
        return new ResultsReader(folder).read();
    }

    private Results read() {
        var json = Json.readOptional(file)
                .orElseThrow(() -> new UserException(file + " is missing: " + folder
                        + " is not the folder of a comparison; give the one that tandem compare wrote"));
        if (json.path("version").asInt(0) != 1) {
            throw bad("version is " + json.path("version") + ", expected 1");
        }
        var objectives = json.path("objectives").values().stream()
                .map(node -> node.asString(""))
                .filter(name -> !name.isBlank())
                .toList();
        if (objectives.size() != 2 || objectives.stream().distinct().count() != 2) {
            throw bad("objectives is " + json.path("objectives") + ", expected the names of two objectives");
        }
        var runs = elements(json, "runs");
        if (runs.isEmpty()) {
            throw bad("runs holds no run");
        }
        return new Results(
                json.path("title").asString("Comparison"),
                objectives,
                Json.numbers(json.path("optima")),
                IntStream.range(0, runs.size())
                        .mapToObj(i -> run(i, runs.get(i)))
                        .toList(),
                elements(json, "groups").stream().map(ResultsReader::group).toList(),
                json);
    }

    private static List<JsonNode> elements(JsonNode json, String name) {
        return new ArrayList<>(json.path(name).values());
    }

    private Results.Run run(int index, JsonNode json) {
        var name = text(json, "name", index);
        var place = json.path("folder").asString("runs/" + name);
        // the page shows the files of this folder, and must not include any from elsewhere
        var root = folder.toAbsolutePath().normalize();
        if (!root.resolve(place).normalize().startsWith(root)) {
            throw bad("runs[" + index + "].folder is \"" + place + "\", which is outside of " + folder);
        }
        return new Results.Run(
                name,
                text(json, "method", index),
                Json.number(json, "lambda"),
                json.path("seed").asLong(0),
                place);
    }

    private String text(JsonNode run, String key, int index) {
        return run.path(key)
                .stringValueOpt()
                .filter(text -> !text.isEmpty())
                .orElseThrow(() -> bad("runs[" + index + "]." + key + " is missing"));
    }

    private static Results.Group group(JsonNode json) {
        Map<String, Results.Spread> values = new LinkedHashMap<>();
        json.path("values")
                .properties()
                .forEach(entry -> values.put(
                        entry.getKey(),
                        new Results.Spread(
                                Json.number(entry.getValue(), "mean"), Json.number(entry.getValue(), "deviation"))));
        return new Results.Group(json.path("method").asString(""), Json.number(json, "lambda"), values);
    }

    private UserException bad(String what) {
        return new UserException(file + ": " + what + WHAT_TO_DO);
    }
}
