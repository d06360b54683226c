package dev.tandem.compat;

import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.RecipeReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A copy of a folder that an earlier version wrote; its README says what is in it.
 *
 * @param path where the copy is
 */
record StoredFolder(Path path) {
    /** The folder's path where it was written. */
    private static final String WRITTEN_IN = "/stored";

    /** Copies what a commit wrote, and replaces the path in recipes by the copy's. */
    static StoredFolder copy(String commit, Path to) {
        var from = Path.of("../testdata/stored", commit);
        try (Stream<Path> files = Files.walk(from)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                var target = to.resolve(from.relativize(file).toString());
                Files.createDirectories(target.getParent());
                if (namesPaths(file)) {
                    Files.writeString(target, Files.readString(file).replace(WRITTEN_IN, to.toString()));
                } else {
                    Files.copy(file, target);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new StoredFolder(to);
    }

    private static boolean namesPaths(Path file) {
        return file.toString().endsWith(".yaml") || file.endsWith("comparison.json");
    }

    /** A stored recipe, as a user wrote it. */
    Recipe recipe(String name, String... settings) {
        return RecipeReader.read(path.resolve("recipes").resolve(name + ".yaml"), List.of(settings));
    }

    /** Lines of a run's {@code metrics.jsonl} of some type. */
    List<JsonNode> metrics(String run, String type) {
        return lines(run).stream()
                .map(line -> JsonMapper.shared().readTree(line))
                .filter(line -> line.path("type").asString("").equals(type))
                .toList();
    }

    /** Lines of a run's {@code metrics.jsonl}. */
    List<String> lines(String run) {
        try {
            return Files.readAllLines(path.resolve(run).resolve("metrics.jsonl"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All files of a kind in the cache, and when they were written: neither changes while they are only read. */
    Map<String, Object> cached(String suffix) {
        try (Stream<Path> files = Files.walk(path.resolve("cache"))) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .collect(Collectors.toMap(Path::toString, StoredFolder::identity, (a, b) -> a, TreeMap::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Object identity(Path file) {
        try {
            return Files.getLastModifiedTime(file) + " " + Files.getAttribute(file, "fileKey");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
