package dev.tandem.cli.report;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Replays in every build the seeds of fuzzing and its findings so far. */
class MetricsSeedsTest {

    static List<Path> seeds() throws IOException {
        try (var files = Files.list(Path.of("../testdata/fuzz/metrics"))) {
            return files.toList();
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void holds(Path seed) throws IOException {
        var input = Files.readAllBytes(seed);
        assertThatCode(() -> MetricsFuzz.fuzzerTestOneInput(input)).doesNotThrowAnyException();
    }
}
