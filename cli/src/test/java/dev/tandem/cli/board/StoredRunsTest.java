package dev.tandem.cli.board;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.cli.report.ReportWriter;
import dev.tandem.LocalHost;
import dev.tandem.recipe.Registry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The board and the report read folders that an earlier version wrote; their README says what is in them. */
class StoredRunsTest {
    private static final Path STORED = Path.of("..", "core", "src", "test", "resources", "stored", "2b7a59d");

    @TempDir
    Path folder;

    private static Map<String, Object> row(String run) throws IOException {
        var watch = new RunWatch("id", "name", STORED.resolve(run), Registry.standard(), new Liveness(LocalHost.name()));
        watch.poll(Instant.now());
        while (watch.behind()) {
            watch.poll(Instant.now());
        }
        return watch.row();
    }

    @Test
    void theBoardShowsThem() throws IOException {
        for (var method : List.of("sequential", "mix", "alright", "maxright")) {
            assertThat(row("finished/" + method))
                    .containsEntry("method", method.equals("sequential") ? "sft then preference" : method)
                    .containsEntry("state", "completed")
                    .containsEntry("step", 12)
                    .containsEntry("steps", 12)
                    .containsEntry("skipped_lines", 0)
                    .containsKeys("losses", "eval_losses", "ideal_distance", "memory_bytes");
            assertThat(row("stopped/" + method)).containsEntry("state", "interrupted");
        }
        assertThat(row("stopped/maxright")).containsEntry("step", 7).containsEntry("lambda", 0.5);
    }

    @Test
    void theReportOfAComparisonIsWritten() throws IOException {
        var comparison = STORED.resolve("comparison");
        try (Stream<Path> files = Files.walk(comparison)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                var copy = folder.resolve(comparison.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
        assertThat(ReportWriter.write(folder)).content().contains("mix-0.5-seed42", "maxright-0.5-seed42");
        assertThat(folder.resolve("figures/loss-space.svg")).isNotEmptyFile();
    }
}
