package dev.tandem;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** CONTRIBUTING.md lists the existing rooms, and every room states its purpose and is not too large. */
class RoomsTest {
    private static final Path ROOT = Path.of("..");
    private static final List<String> MODULES = List.of("jinja", "data", "engine", "train", "lab", "serve", "cli");
    private static final int MAX_FILES = 24;

    @Test
    void areListed() throws IOException {
        assertThat(listed()).isEqualTo(packages());
    }

    @Test
    void stateTheirPurposeAndHaveSpace() throws IOException {
        for (var module : MODULES) {
            for (var folder : folders(module)) {
                var info = folder.resolve("package-info.java");
                assertThat(info).exists();
                assertThat(Files.readString(info))
                        .as(info.toString())
                        .matches("(?s)/\\*\\*.*\\.\\s*\\*/\\s+@NullMarked.*");
                try (var files = Files.list(folder)) {
                    assertThat(files.filter(file -> file.toString().endsWith(".java"))
                                    .filter(file -> !file.equals(info)))
                            .as(folder.toString())
                            .hasSizeLessThanOrEqualTo(MAX_FILES);
                }
            }
        }
    }

    /** The lines of the list: a module, then its rooms further to the right. */
    private static Map<String, TreeSet<String>> listed() throws IOException {
        var result = new TreeMap<String, TreeSet<String>>();
        var module = "";
        for (var line : Files.readAllLines(ROOT.resolve("CONTRIBUTING.md"))) {
            if (line.matches("    [a-z]+/  .*")) {
                module = line.strip().substring(0, line.strip().indexOf('/'));
            } else if (line.startsWith("        ") && MODULES.contains(module)) {
                result.computeIfAbsent(module, m -> new TreeSet<>())
                        .addAll(List.of(line.strip().split(" ")));
            }
        }
        return result;
    }

    private static Map<String, TreeSet<String>> packages() throws IOException {
        var result = new TreeMap<String, TreeSet<String>>();
        for (var module : MODULES) {
            result.put(
                    module,
                    folders(module).stream()
                            .map(folder -> sources(module)
                                    .relativize(folder)
                                    .toString()
                                    .replace('/', '.'))
                            .map(name -> name.isEmpty() ? "dev.tandem" : name)
                            .collect(Collectors.toCollection(TreeSet::new)));
        }
        return result;
    }

    private static Path sources(String module) {
        return ROOT.resolve(module).resolve("src/main/java/dev/tandem");
    }

    private static List<Path> folders(String module) throws IOException {
        var result = new ArrayList<Path>();
        try (var all = Files.walk(sources(module))) {
            for (var folder : all.filter(Files::isDirectory).toList()) {
                try (var files = Files.list(folder)) {
                    if (files.anyMatch(file -> file.toString().endsWith(".java"))) {
                        result.add(folder);
                    }
                }
            }
        }
        return result;
    }
}
