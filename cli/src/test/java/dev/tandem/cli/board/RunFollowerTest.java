package dev.tandem.cli.board;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.io.LocalHost;
import dev.tandem.recipe.Registry;
import dev.tandem.testing.ChildProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class RunFollowerTest {
    @RegisterExtension
    final ChildProcesses processes = ChildProcesses.ofEachTest();

    @TempDir
    Path folder;

    private RunFollower watch() {
        return new RunFollower("id", "name", folder, Registry.standard(), new Liveness(LocalHost.name()));
    }

    private static Map<String, Object> row(RunFollower watch) throws IOException {
        watch.poll(Instant.now());
        while (watch.behind()) {
            watch.poll(Instant.now());
        }
        return watch.row();
    }

    @Test
    void saysWhatIsKnownOfARun() throws IOException {
        new RunFolder(folder).recipe("{name: maxright, lambda: 0.25}").running().steps(41);
        assertThat(row(watch()))
                .containsEntry("method", "maxright")
                .containsEntry("lambda", 0.25)
                .containsEntry("seed", 7L)
                .containsEntry("state", "running")
                .containsEntry("step", 41)
                .containsEntry("steps", 240)
                .containsEntry("objectives", List.of("sft", "preference"))
                .containsEntry("skipped_lines", 0)
                .containsKeys(
                        "losses", "eval_losses", "ideal_distance", "tokens_per_second", "seconds_left", "memory_bytes");
    }

    @Test
    void malformedLinesAreSkippedAndCounted() throws IOException {
        new RunFolder(folder)
                .steps(3)
                .append("metrics.jsonl", "{\"type\":\"step\",\n\0\0\0\nnull\n[1]\n{\"type\":\"step\",\"step\":\"x\"}\n")
                .append(
                        "metrics.jsonl",
                        "{\"type\":\"step\",\"step\":-1}\n" + "[".repeat(5000) + "\n\n{\"type\":\"new\"}\n")
                .append("metrics.jsonl", "{\"type\":\"step\",\"step\":3,\"losses\":{\"sft\":null},\"seconds\":\"x\"}\n")
                .append("log.jsonl", "{\"time\":3}\nnonsense\n")
                .message("fine");
        var watch = watch();
        assertThat(row(watch)).containsEntry("step", 4).containsEntry("skipped_lines", 9);
        assertThat(watch.news(new RunFollower.Cursor()).get("log")).asList().hasSize(1);
    }

    @Test
    void oldRunsWithoutAStateHaveEndedWhenTheyHaveASummary() throws IOException {
        new RunFolder(folder).steps(1);
        var watch = watch();
        assertThat(row(watch)).containsEntry("state", "unknown");
        Files.writeString(folder.resolve("summary.json"), "{}");
        assertThat(row(watch)).containsEntry("state", "ended");
    }

    @Test
    void aFailureSaysWhy() throws IOException {
        new RunFolder(folder).state("failed", 1, "here", 10).steps(1);
        assertThat(row(watch())).containsEntry("state", "failed").containsEntry("error", "The disk is full.");
    }

    @Test
    void aRunWhoseProcessWasKilledIsDead() throws Exception {
        var child = processes.start(new ProcessBuilder("sleep", "600"));
        new RunFolder(folder)
                .state("running", child.pid(), LocalHost.name(), 10)
                .steps(1);
        silentFor(8);
        var watch = watch();
        assertThat(row(watch)).containsEntry("state", "running");
        child.destroyForcibly().waitFor();
        assertThat(row(watch)).containsEntry("state", "dead");
        Files.setLastModifiedTime(folder.resolve("state.json"), FileTime.from(Instant.now()));
        assertThat(row(watch))
                .as("its heart beats: it lives in another container")
                .containsEntry("state", "running");
    }

    @Test
    void aProcessThatTookTheNumberIsNotTheRun() throws IOException {
        new RunFolder(folder).running().steps(1);
        var file = folder.resolve("state.json");
        var text = Files.readString(file);
        var began = ProcessHandle.current().info().startInstant();
        if (began.isPresent()) {
            Files.writeString(file, text.replace(began.get().toString(), "2001-01-01T00:00:00Z"));
            silentFor(8);
            assertThat(row(watch())).containsEntry("state", "dead");
        }
    }

    @Test
    void anotherMachinesRunLivesByItsHeartbeat() throws IOException {
        new RunFolder(folder).state("running", 1, "elsewhere", 10).steps(1);
        silentFor(20);
        var watch = watch();
        assertThat(row(watch)).containsEntry("state", "running");
        silentFor(40);
        assertThat(row(watch)).containsEntry("state", "dead");
    }

    private void silentFor(int seconds) throws IOException {
        Files.setLastModifiedTime(
                folder.resolve("state.json"), FileTime.from(Instant.now().minusSeconds(seconds)));
    }

    @Test
    void aResumedRunIsShownFromItsCheckpoint() throws IOException {
        var run = new RunFolder(folder).running().steps(100);
        var watch = watch();
        row(watch);
        var cursor = new RunFollower.Cursor();
        watch.news(cursor);
        assertThat(watch.news(cursor)).isEmpty();
        var kept = String.join("\n", Files.readAllLines(run.metrics()).subList(0, 50)) + "\n";
        dev.tandem.io.AtomicFiles.write(run.metrics(), kept);
        assertThat((Integer) row(watch).get("step")).isLessThan(50);
        assertThat(watch.news(cursor)).containsEntry("reset", true);
    }

    /** The curves of a long run stay as large as a page, and an update as large as a line. */
    @Test
    void aLongRunStaysSmall() throws IOException {
        var run = new RunFolder(folder).running();
        for (var i = 0; i < 10; i++) {
            run.steps(10_000);
        }
        var watch = watch();
        row(watch);
        var cursor = new RunFollower.Cursor();
        assertThat(JsonMapper.shared().writeValueAsBytes(watch.news(cursor))).hasSizeLessThan(400_000);
        run.steps(1);
        row(watch);
        assertThat(JsonMapper.shared().writeValueAsBytes(watch.news(cursor))).hasSizeLessThan(4_000);
    }

    @Test
    void aMillionObjectivesDoNotFillTheMemory() throws IOException {
        var run = new RunFolder(folder);
        for (var i = 0; i < 200; i++) {
            run.append("metrics.jsonl", "{\"type\":\"step\",\"step\":" + i + ",\"losses\":{\"o" + i + "\":1}}\n");
        }
        var watch = watch();
        row(watch);
        assertThat((Map<?, ?>) watch.news(new RunFollower.Cursor()).get("curves"))
                .hasSizeLessThanOrEqualTo(48);
    }
}
