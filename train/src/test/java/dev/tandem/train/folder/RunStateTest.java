package dev.tandem.train.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.io.LocalHost;
import dev.tandem.train.event.TrainingResult;
import dev.tandem.train.run.RunLog;
import dev.tandem.train.track.OnWriteFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunStateTest {
    @TempDir
    Path folder;

    @Test
    void saysWhichProcessTrainsAndHowItEnded() {
        var file = folder.resolve("state.json");
        var result = new TrainingResult(
                TrainingResult.Reason.EARLY_STOP,
                "enough",
                3,
                0,
                Optional.empty(),
                Optional.empty(),
                0,
                0,
                Optional.empty());
        RunStateFile.during(file, 9, () -> {
            var state = RunState.read(file).orElseThrow();
            assertThat(state.phase()).isEqualTo(RunState.Phase.RUNNING);
            assertThat(state.pid()).isEqualTo(ProcessHandle.current().pid());
            assertThat(state.processStarted())
                    .isEqualTo(ProcessHandle.current().info().startInstant());
            assertThat(state.host()).isEqualTo(LocalHost.name());
            assertThat(state.steps()).isEqualTo(9);
            return result;
        });
        assertThat(RunState.read(file).orElseThrow().phase()).isEqualTo(RunState.Phase.EARLY_STOP);
    }

    @Test
    void aFailureIsWrittenDownAndPassesThrough() {
        var file = folder.resolve("state.json");
        assertThatThrownBy(() -> RunStateFile.during(file, 9, () -> {
                    throw new UserException("The disk is full.");
                }))
                .hasMessage("The disk is full.");
        var state = RunState.read(file).orElseThrow();
        assertThat(state.phase()).isEqualTo(RunState.Phase.FAILED);
        assertThat(state.error()).contains("The disk is full.");
    }

    @Test
    void theFileIsRenewedWhileTheRunLasts() {
        var file = folder.resolve("state.json");
        RunStateFile.during(file, 9, () -> {
            try {
                Files.setLastModifiedTime(file, FileTime.fromMillis(0));
                while (Files.getLastModifiedTime(file).toMillis() == 0) {
                    Thread.sleep(20);
                }
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return new TrainingResult(
                    TrainingResult.Reason.COMPLETED,
                    "done",
                    9,
                    0,
                    Optional.empty(),
                    Optional.empty(),
                    0,
                    0,
                    Optional.empty());
        });
        assertThat(RunState.read(file).orElseThrow().phase()).isEqualTo(RunState.Phase.COMPLETED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{\"state\":\"running\"}",
                "{\"state\":\"x\",\"started\":\"2026-01-01T00:00:00Z\"}",
                "{\"state\":\"running\",\"started\":\"yesterday\"}"
            })
    void whatIsNoStateIsAbsent(String content) throws IOException {
        var file = folder.resolve("state.json");
        assertThat(RunState.read(file)).isEmpty();
        Files.writeString(file, content);
        assertThat(RunState.read(file)).isEmpty();
    }

    @Test
    void theLogKeepsWhatCameBeforeItOpenedAndGoesOn() throws IOException {
        var file = folder.resolve("log.jsonl");
        var clock = Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);
        try (var log = new RunLog(clock, OnWriteFailure.STOP)) {
            log.onMessage("early");
            assertThat(file).doesNotExist();
            log.open(file, false);
            log.onMessage("late");
        }
        Files.writeString(file, Files.readString(file) + "{\"time\":\"2026-");
        try (var log = new RunLog(clock, OnWriteFailure.STOP)) {
            log.open(file, true);
            log.onMessage("resumed");
        }
        assertThat(Files.readAllLines(file))
                .containsExactly(
                        "{\"time\":\"2026-01-02T03:04:05Z\",\"message\":\"early\"}",
                        "{\"time\":\"2026-01-02T03:04:05Z\",\"message\":\"late\"}",
                        "{\"time\":\"2026-01-02T03:04:05Z\",\"message\":\"resumed\"}");
    }

    @Test
    void whatIsNoStateIsNone() throws IOException {
        var file = folder.resolve("state.json");
        for (var text : List.of("", "{}", "[".repeat(100_000), "{\"state\":\"x\",\"started\":\"y\"}", "\0")) {
            Files.writeString(file, text);
            assertThat(RunState.read(file)).isEmpty();
        }
        Files.delete(file);
        Files.createSymbolicLink(file, Path.of("/dev/zero"));
        assertThat(RunState.read(file)).isEmpty();
    }
}
