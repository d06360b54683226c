package dev.tandem.spark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.io.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reports over real connections. */
class ReportTest {
    @TempDir
    Path folder;

    private final ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();
    private Path run;
    private Path copy;

    @BeforeEach
    void folders() throws IOException {
        run = Files.createDirectory(folder.resolve("run"));
        copy = folder.resolve("copy");
    }

    @Test
    void theCopyFollowsTheRunThroughGrowthCutsAndReplacement() throws Exception {
        try (var server = ReportServer.open("127.0.0.1", 0, copy, false, lines::add);
                var connection = ReportConnection.open(server.address(), run, folder.resolve("no-probe"))) {
            var random = new SplittableRandom(5);
            Files.createDirectories(run.resolve("tensorboard"));
            for (var round = 0; round < 40; round++) {
                change(run.resolve("metrics.jsonl"), random, round);
                change(run.resolve("tensorboard/events.1"), random, round);
                AtomicFiles.write(run.resolve("state.json"), "{\"round\": " + round + "}");
                connection.mirror();
            }
            Files.writeString(run.resolve("weights.bin"), "not mirrored");
            Files.write(run.resolve("log.jsonl"), new byte[3 * Frames.MAX_BYTES + 17]);
            connection.mirror();
            connection.line("over");
            await(() -> lines.contains("over"));
            for (var name : new String[] {"metrics.jsonl", "tensorboard/events.1", "state.json", "log.jsonl"}) {
                assertThat(copy.resolve(name)).as(name).hasSameBinaryContentAs(run.resolve(name));
            }
            assertThat(copy.resolve("weights.bin")).doesNotExist();

            assertThat(connection.stopRequested()).isFalse();
            server.stop();
            await(connection::stopRequested);
        }
    }

    /** Changes files as a run does: it appends, and a resumed run removes everything after its checkpoint. */
    private static void change(Path file, SplittableRandom random, int round) throws IOException {
        if (random.nextInt(8) == 0 && Files.exists(file)) {
            var kept = Files.readAllBytes(file);
            var cut = java.util.Arrays.copyOf(kept, random.nextInt(kept.length + 1));
            if (random.nextBoolean()) {
                AtomicFiles.write(file, cut);
            } else {
                Files.write(file, cut);
            }
        }
        Files.writeString(
                file,
                ("line " + round + " ").repeat(1 + random.nextInt(200)) + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    @Test
    void whatTheDriverSeesIsNotCopiedAndStrangersAreNotHeard() throws Exception {
        var probe = Files.createFile(run.resolve("probe"));
        Files.writeString(run.resolve("metrics.jsonl"), "{}\n");
        try (var server = ReportServer.open("127.0.0.1", 0, copy, false, lines::add);
                var connection = ReportConnection.open(server.address(), run, probe)) {
            connection.mirror();
            connection.line("x".repeat(100_000));
            await(() -> lines.size() == 1);
            assertThat(lines.peek()).hasSize(Frames.MAX_CHARACTERS);
            assertThat(copy).doesNotExist();
            var stranger = new ReportAddress("127.0.0.1", server.address().port(), "guess");
            assertThatThrownBy(() -> ReportConnection.open(stranger, run, probe))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("Rank 0 cannot reach the driver at 127.0.0.1:" + stranger.port());
            assertThatThrownBy(() -> ReportServer.open("127.0.0.1", stranger.port(), copy, false, lines::add))
                    .hasMessageContaining("Cannot listen on port " + stranger.port());
        }
        for (var name : new String[] {"../metrics.jsonl", "/etc/x", "tensorboard/../../x", "checkpoints/x"}) {
            assertThatThrownBy(() -> new MirroredRun(copy).replace(name, new byte[0]))
                    .isInstanceOf(IOException.class);
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        var until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(until);
            Thread.sleep(10);
        }
    }
}
