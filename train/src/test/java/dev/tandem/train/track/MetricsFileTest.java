package dev.tandem.train.track;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class MetricsFileTest {
    @TempDir
    Path folder;

    @Test
    void writesALineAtOnceAndValidJsonWhateverTheNumbers() throws IOException {
        var path = folder.resolve("metrics.jsonl");
        try (var file = MetricsFile.create(path)) {
            file.write(Map.of("type", "step", "step", 0, "losses", Map.of("sft", Double.NaN, "dpo", 0.5)));
            var line = Files.readAllLines(path);
            assertThat(line).hasSize(1);
            var json = JsonMapper.shared().readTree(line.get(0));
            assertThat(json.get("losses").get("sft").isNull()).isTrue();
            assertThat(json.get("losses").get("dpo").doubleValue()).isEqualTo(0.5);
        }
    }

    /** Killed at any byte: the records up to the checkpoint survive, later ones and half ones go. */
    @Test
    void resumesAFileThatWasCutAnywhere() throws IOException {
        var whole = folder.resolve("whole.jsonl");
        try (var file = MetricsFile.create(whole)) {
            file.write(Map.of("type", "data"));
            for (var step = 0; step < 20; step++) {
                if (step % 5 == 0) {
                    file.write(Map.of("type", "evaluation", "step", step));
                }
                file.write(Map.of("type", "step", "step", step));
            }
        }
        var bytes = Files.readAllBytes(whole);
        var random = new Random(1);
        for (var i = 0; i < 200; i++) {
            var cut = folder.resolve("cut.jsonl");
            var length = random.nextInt(bytes.length + 1);
            Files.write(cut, java.util.Arrays.copyOf(bytes, length));
            var checkpoint = random.nextInt(21);
            MetricsFile.resume(cut, checkpoint, true).close();
            var complete = new String(bytes, 0, length, java.nio.charset.StandardCharsets.UTF_8).split("\n", -1);
            var expected = java.util.Arrays.stream(complete)
                    .filter(line -> line.endsWith("}") && isKept(line, checkpoint))
                    .toList();
            assertThat(Files.readAllLines(cut)).isEqualTo(expected);
            try (var file = MetricsFile.resume(cut, checkpoint, true)) {
                file.write(Map.of("type", "step", "step", checkpoint));
            }
            assertThat(Files.readAllLines(cut)).hasSize(expected.size() + 1);
        }
    }

    private static boolean isKept(String line, int checkpoint) {
        var json = JsonMapper.shared().readTree(line);
        return switch (json.get("type").stringValue()) {
            case "step" -> json.get("step").intValue() < checkpoint;
            case "evaluation" -> json.get("step").intValue() <= checkpoint;
            default -> true;
        };
    }

    @Test
    void resumingWithoutAFileStartsOne() throws IOException {
        var path = folder.resolve("new.jsonl");
        try (var file = MetricsFile.resume(path, 3, true)) {
            file.write(Map.of("type", "step", "step", 3));
        }
        assertThat(Files.readAllLines(path))
                .isEqualTo(List.of(Files.readString(path).strip()));
    }
}
