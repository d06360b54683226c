package dev.tandem.fuzz;

import static org.assertj.core.api.Assertions.assertThatCode;

import dev.tandem.data.format.RowsFuzz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What fuzzing starts from, and what it has found so far, holds in every build. */
class SeedsTest {
    private static final Map<String, Consumer<byte[]>> TARGETS = Map.of(
            "safetensors", SafetensorsFuzz::fuzzerTestOneInput,
            "recipe", RecipeFuzz::fuzzerTestOneInput,
            "rows", RowsFuzz::fuzzerTestOneInput,
            "template", TemplateFuzz::fuzzerTestOneInput);

    static List<Arguments> seeds() throws IOException {
        var seeds = new ArrayList<Arguments>();
        for (var target : TARGETS.keySet()) {
            try (var files = Files.list(Path.of("../testdata/fuzz", target))) {
                files.forEach(file -> seeds.add(Arguments.of(target, file)));
            }
        }
        return seeds;
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("seeds")
    void holds(String target, Path seed) throws IOException {
        var input = Files.readAllBytes(seed);
        assertThatCode(() -> TARGETS.get(target).accept(input)).doesNotThrowAnyException();
    }
}
