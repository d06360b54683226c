package dev.tandem.train.track;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineFileTest {
    private static final String HEAD = "Schritt,Größe";

    @TempDir
    Path folder;

    private static boolean isBefore(String line, int stepsDone) {
        return line.equals(HEAD) || Integer.parseInt(line.substring(0, line.indexOf(','))) < stepsDone;
    }

    private LineFile open(Path file, boolean resumed, int stepsDone) {
        var run = new TrackerContext(folder, resumed, stepsDone, false);
        return LineFile.open(file, run, line -> isBefore(line, stepsDone));
    }

    /** Killed at any byte, between those of a character too: lines up to the checkpoint remain, later ones and half ones go. */
    @Test
    void aResumedFileHasTheWholeLinesBeforeTheCheckpoint() throws IOException {
        var lines = new ArrayList<>(List.of(HEAD));
        for (var step = 0; step < 12; step++) {
            lines.add(step + ",ä" + step);
        }
        var bytes = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
        var file = folder.resolve("lines.csv");
        for (var length = 0; length <= bytes.length; length++) {
            for (var checkpoint : List.of(0, 5, 11, 12)) {
                Files.write(file, Arrays.copyOf(bytes, length));
                var whole = (int) new String(bytes, 0, length, StandardCharsets.ISO_8859_1)
                        .chars()
                        .filter(c -> c == '\n')
                        .count();
                var kept = new ArrayList<>(lines.subList(0, Math.min(whole, 1 + checkpoint)));
                try (var resumed = open(file, true, checkpoint)) {
                    assertThat(resumed.isEmpty()).isEqualTo(whole == 0);
                    resumed.append(checkpoint + ",ä");
                }
                kept.add(checkpoint + ",ä");
                assertThat(Files.readAllLines(file)).isEqualTo(kept);
            }
        }
    }

    @Test
    void aNewRunsFileIsEmptyAndEachLineIsThereImmediately() throws IOException {
        var file = Files.writeString(folder.resolve("new.csv"), "of another run\n");
        try (var lines = open(file, false, 0)) {
            assertThat(lines.isEmpty()).isTrue();
            lines.append(HEAD);
            assertThat(Files.readString(file)).isEqualTo(HEAD + "\n");
            assertThat(lines.isEmpty()).isFalse();
        }
        try (var lines = open(folder.resolve("added-later.csv"), true, 3)) {
            assertThat(lines.isEmpty()).isTrue();
        }
    }
}
