package dev.tandem.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.testing.ChildProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * Real processes that may write only small files: writing an optimizer's state fails in the middle, as on a full disk,
 * where adapter and metrics still fit.
 */
@DisabledOnOs(OS.WINDOWS)
@Timeout(120)
class FullDiskTest {
    @RegisterExtension
    final ChildProcesses processes = ChildProcesses.ofEachTest();

    @TempDir
    Path folder;

    private TrainProcess straight = new TrainProcess(processes, Path.of(""));
    private TrainProcess run = straight;

    @BeforeEach
    void stopWithACheckpoint() throws IOException {
        straight = recipe("straight");
        straight.train();
        run = recipe("run");
        run.trainFor(3);
        assertThat(run.checkpoints()).containsExactly("step-2", "step-3");
    }

    private TrainProcess recipe(String name) throws IOException {
        var result = new TrainProcess(processes, folder.resolve(name));
        result.write(
                "{name: mix, lambda: 0.5}",
                "lora: {rank: 16}",
                "batch-size: 2",
                "batch-size: 2",
                "steps: 8, evaluate-every: 4, checkpoint-every: 2");
        return result;
    }

    /** A shell that lets its process write files of at most the size of the adapter and a little more. */
    private List<String> smallFiles() throws IOException {
        var checkpoint = run.run().resolve("checkpoints/step-3");
        var least = Files.size(checkpoint.resolve("adapter/adapter_model.safetensors"));
        var most = Files.size(checkpoint.resolve("shard-0-of-1.safetensors"));
        var blocks = least / 1024 + 2;
        assertThat(blocks * 1024).isLessThan(most);
        return List.of("bash", "-c", "ulimit -f " + blocks + " && exec \"$0\" \"$@\"");
    }

    @Test
    void theRunStopsWithTheEarlierCheckpointAndGoesOnWhenThereIsRoom() throws Exception {
        assertThat(run.start(smallFiles(), "--resume").waitFor())
                .as(run.output())
                .isEqualTo(2);
        assertThat(run.output())
                .contains("Error: Cannot write checkpoint " + run.run().resolve("checkpoints/step-4"))
                .contains("Earlier checkpoints are untouched. Free space on the disk, then continue with --resume.");
        assertThat(run.checkpoints()).containsExactly("step-2", "step-3");
        assertThat(Files.readString(run.run().resolve("state.json"))).contains("\"failed\"");

        assertThat(run.resume().code()).isZero();
        assertThat(run.metrics()).isEqualTo(straight.metrics());
        assertThat(run.weights()).isEqualTo(straight.weights());
    }

    @Test
    void theRunGoesOnWithoutCheckpointsWhereTheRecipeSaysSo() throws Exception {
        var process = run.start(smallFiles(), "--resume", "--set", "train.on-write-failure=continue");
        assertThat(process.waitFor()).as(run.output()).isZero();
        assertThat(run.output())
                .contains("Warning: Cannot write checkpoint " + run.run().resolve("checkpoints/step-4"))
                .contains("The run continues, as train.on-write-failure says; failures so far: 1");
        assertThat(run.checkpoints()).containsExactly("step-2", "step-3");
        var summary = JsonMapper.shared().readTree(Files.readString(run.run().resolve("summary.json")));
        assertThat(summary.path("failed_writes").intValue()).isEqualTo(3);
        assertThat(run.metrics()).isEqualTo(straight.metrics());
        assertThat(run.weights()).isEqualTo(straight.weights());
    }
}
