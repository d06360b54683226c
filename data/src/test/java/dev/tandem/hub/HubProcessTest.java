package dev.tandem.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.testing.ChildProcesses;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Processes of their own: side by side, killed, and on a disk that is full. */
@Timeout(120)
class HubProcessTest {
    private static final int SIZE = 3_000_000;

    @RegisterExtension
    final ChildProcesses processes = ChildProcesses.ofEachTest();

    @TempDir
    Path folder;

    private final LocalHub server = new LocalHub();
    private int started;
    private final byte[] weights = new byte[SIZE];

    @BeforeEach
    void fill() {
        var random = new SplittableRandom(3);
        for (var i = 0; i < SIZE; i++) {
            weights[i] = (byte) random.nextInt();
        }
        server.files.put("config.json", "{\"a\": 1}".getBytes(StandardCharsets.UTF_8));
        server.files.put("model.safetensors", weights);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HubProcess start(String... wrapper) throws IOException {
        return new HubProcess(
                processes,
                List.of(wrapper),
                server,
                folder.resolve("cache"),
                folder.resolve("out" + started++ + ".txt"));
    }

    private Path repository() {
        return folder.resolve("cache/models--owner--name");
    }

    private Path model() {
        return repository().resolve("snapshots").resolve(LocalHub.COMMIT);
    }

    private void awaitRequest(String request) throws InterruptedException {
        while (!server.requests.contains(request)) {
            Thread.sleep(20);
        }
    }

    private void assertDone(HubProcess process) throws IOException, InterruptedException {
        assertThat(process.code()).as(process.output()).isZero();
        assertThat(process.output()).endsWith(model() + System.lineSeparator());
        assertThat(model().resolve("model.safetensors")).hasBinaryContent(weights);
    }

    @Test
    void theSecondWaitsForWhatTheFirstFetches() throws Exception {
        server.gate = new CountDownLatch(1);
        var first = start();
        awaitRequest("STORE null");
        var second = start();
        second.awaitOutput("model.safetensors: waiting for another process that fetches it");
        server.gate.countDown();
        assertDone(first);
        assertDone(second);
        assertThat(server.requests).filteredOn(r -> r.startsWith("STORE")).hasSize(1);
        assertThat(repository().resolve("blobs").toFile().list()).noneMatch(name -> name.endsWith(".incomplete"));
    }

    @Test
    void theSecondGoesOnWhereTheFirstWasKilled() throws Exception {
        server.stalls.set(1);
        var first = start();
        awaitRequest("STORE null");
        var incomplete = repository().resolve("blobs/" + LocalHub.sha256(weights) + ".tandem.incomplete");
        while (incomplete.toFile().length() < SIZE / 2) {
            Thread.sleep(20);
        }
        var second = start();
        second.awaitOutput("waiting");
        first.kill();
        assertDone(second);
        assertThat(server.requests).contains("STORE bytes=" + SIZE / 2 + "-");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aFullDiskIsSaidAtOnceAndWhatIsThereIsKept() throws Exception {
        var blob = repository().resolve("blobs").resolve(LocalHub.sha256(weights));
        var full = start("bash", "-c", "ulimit -f 1000 && exec \"$0\" \"$@\"");
        assertThat(full.code()).as(full.output()).isEqualTo(2);
        assertThat(full.output())
                .contains("Error: Cannot write " + blob + ": ")
                .contains(
                        "Check that the disk is not full and the folder yours, or name another cache with HF_HUB_CACHE.")
                .doesNotContain("trying again");
        assertThat(model()).doesNotExist();
        assertThat(blob).doesNotExist();
        var kept = Files.size(blob.resolveSibling(blob.getFileName() + ".tandem.incomplete"));
        assertThat(kept).isBetween(1L, 1000L * 1024);

        assertDone(start());
        assertThat(server.requests).contains("STORE bytes=" + kept + "-");
    }
}
