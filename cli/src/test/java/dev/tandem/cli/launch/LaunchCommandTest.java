package dev.tandem.cli.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.cli.Main;
import dev.tandem.cli.Outcome;
import dev.tandem.cli.TrainProcess;
import dev.tandem.testing.ChildProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Real processes that are killed. */
@DisabledOnOs(OS.WINDOWS)
class LaunchCommandTest {
    private static final String LORA = "lora: {rank: 4, targets: [q_proj, v_proj]}";
    private static final String BATCHES = "batch-size: 5";

    @RegisterExtension
    final ChildProcesses processes = ChildProcesses.ofEachTest();

    @TempDir
    Path folder;

    @Test
    void ranksTakeTheStepsOfOneProcess() throws Exception {
        var alone = new TrainProcess(processes, folder.resolve("alone"));
        alone.write("{name: mix, lambda: 0.5}", LORA, BATCHES, BATCHES, "steps: 6, evaluate-every: 3");
        alone.train();
        var together = new TrainProcess(processes, folder.resolve("together"));
        together.write("{name: mix, lambda: 0.5}", LORA, BATCHES, BATCHES, "steps: 6, evaluate-every: 3");
        var ended = launch(together, List.of("--nproc", "3"), List.of());
        assertThat(ended.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(ended.exitValue()).as(output()).isZero();
        assertThat(losses(together)).hasSameSizeAs(losses(alone));
        for (var i = 0; i < losses(alone).size(); i++) {
            assertThat(losses(together).get(i)).isCloseTo(losses(alone).get(i), within(1e-4));
        }
        assertThat(together.run().resolve("final/adapter_model.safetensors")).exists();
        assertThat(together.run().resolve("ranks/2/log.jsonl")).exists();
        assertThat(together.run().resolve("ranks/2/checkpoints")).doesNotExist();
    }

    @Test
    void aRankThatIsKilledEndsTheOthersAndIsNamed() throws Exception {
        var process = new TrainProcess(processes, folder.resolve("killed"));
        process.write(
                "{name: mix, lambda: 0.5}",
                LORA,
                BATCHES,
                BATCHES,
                "steps: 100000, checkpoint-every: 5, zero-stage: 2");
        var launcher = launch(process, List.of("--nproc", "3"), List.of());
        waitForCheckpoint(process);
        var victim = rank(launcher, 2);
        victim.destroyForcibly();
        assertThat(launcher.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(launcher.exitValue()).isEqualTo(1);
        assertThat(output())
                .contains("Rank 2 of 3 ended with exit code 137 (signal 9); the others were ended. Its log: ");
        assertThat(launcher.descendants()).isEmpty();

        // another number of ranks continues from there, and stops with a checkpoint when the launcher is asked to
        var before = process.steps();
        var fewer = launch(process, List.of("--nproc", "2"), List.of("--resume"));
        await(() -> process.steps() > before);
        fewer.destroy();
        assertThat(fewer.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(fewer.exitValue()).as(output()).isEqualTo(143);
        assertThat(output()).contains("Stopped after step ");
    }

    /** A terminal sends Ctrl-C to the launcher and to its ranks. */
    @Test
    void controlCStopsWithACheckpointThoughItReachesTheRanksToo() throws Exception {
        var process = new TrainProcess(processes, folder.resolve("stopped"));
        process.write("{name: mix, lambda: 0.5}", LORA, BATCHES, BATCHES, "steps: 100000");
        var launcher = launch(List.of("setsid"), process, List.of("--nproc", "2"), List.of());
        await(() -> process.steps() >= 3);
        processes.signal("INT", "-" + launcher.pid());
        assertThat(launcher.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(launcher.exitValue()).as(output()).isEqualTo(130);
        assertThat(output()).contains("Stopped after step " + process.steps());
        assertThat(process.checkpoints()).containsExactly("step-" + process.steps());
    }

    /** Killed in the middle of a checkpoint, stopped as by SIGSTOP, and left alone by a launcher that is killed. */
    @Test
    void aRunSurvivesWhatHappensToItsRanksAndNoneIsLeft() throws Exception {
        var process = new TrainProcess(processes, folder.resolve("again"));
        process.write(
                "{name: mix, lambda: 0.5}",
                LORA,
                BATCHES,
                BATCHES,
                "steps: 100000, checkpoint-every: 3, zero-stage: 3");
        var launcher = launch(process, List.of("--nproc", "2", "--max-restarts", "3", "--heartbeat", "2"), List.of());
        waitForCheckpoint(process);
        while (process.checkpoints().stream().noneMatch(name -> name.endsWith(".writing"))) {
            Thread.onSpinWait();
        }
        rank(launcher, 0).destroyForcibly();
        awaitOutput("Restarting from the last checkpoint, 2 more times at most.");
        for (var stopped : List.of(1, 0)) {
            awaitMoreSteps(process);
            processes.signal("STOP", String.valueOf(rank(launcher, stopped).pid()));
            awaitOutput("rank " + stopped + " has shown no sign of life for 2 s; it was ");
            awaitOutput("Restarting from the last checkpoint, " + stopped + " more times at most.");
        }
        awaitMoreSteps(process);
        var ranks = launcher.children().toList();
        launcher.destroyForcibly();
        for (var rank : ranks) {
            rank.onExit().get(60, TimeUnit.SECONDS);
        }
        assertThat(output()).contains("Stopped after step " + process.steps());
        assertThat(process.checkpoints()).contains("step-" + process.steps());
        assertThat(process.metrics().stream().filter(line -> line.startsWith("{\"type\":\"step\"")))
                .extracting(
                        line -> JsonMapper.shared().readTree(line).path("step").intValue())
                .isEqualTo(IntStream.range(0, (int) process.steps()).boxed().toList());
    }

    @Test
    void mistakesStayTheUsers() throws Exception {
        assertThat(Outcome.of("launch", "--nproc", "0", "train", "x").code()).isEqualTo(2);
        assertThat(Outcome.of("launch", "--nproc", "2", "chat").err())
                .contains("'chat' cannot be launched; train can.");
        assertThat(Outcome.of("launch", "--nproc", "2", "--nnodes", "2", "train", "x")
                        .err())
                .contains("Several machines need --master HOST:PORT");
        assertThat(Outcome.of("launch", "--nproc", "2", "--master", "node0", "train", "x")
                        .err())
                .contains("--master is 'node0', HOST:PORT was expected");
        assertThat(Outcome.of("launch", "--nproc", "2", "--nnodes", "2", "--node-rank", "2", "train", "x")
                        .err())
                .contains("--node-rank is 2, but must be between 0 and 1.");
        var process = new TrainProcess(processes, folder.resolve("mistake"));
        process.write("{name: mix, lambda: 2}", LORA, BATCHES, BATCHES, "steps: 3");
        var launcher = launch(process, List.of("--nproc", "2", "--max-restarts", "3"), List.of());
        assertThat(launcher.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(launcher.exitValue()).isEqualTo(2);
        assertThat(output()).contains("lambda").doesNotContain("Restarting");
    }

    private Process launch(TrainProcess process, List<String> options, List<String> more) throws IOException {
        return launch(List.of(), process, options, more);
    }

    private Process launch(List<String> wrapper, TrainProcess process, List<String> options, List<String> more)
            throws IOException {
        var command = new ArrayList<>(wrapper);
        var arguments = new ArrayList<>(
                List.of("launch", "--log-dir", folder.resolve("logs").toString()));
        arguments.addAll(options);
        arguments.addAll(List.of("train", process.recipe().toString()));
        arguments.addAll(more);
        command.addAll(ChildProcesses.java(List.of("-Xmx256m"), Main.class.getName(), arguments));
        return processes.start(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("out.txt").toFile()));
    }

    private String output() throws IOException {
        var text = new StringBuilder(Files.readString(folder.resolve("out.txt")));
        for (var rank = 1; rank < 3; rank++) {
            var log = folder.resolve("logs/rank-" + rank + ".log");
            text.append(Files.exists(log) ? Files.readString(log) : "");
        }
        return text.toString();
    }

    /** The processes were started in the order of their ranks. */
    private static ProcessHandle rank(Process launcher, int rank) {
        return launcher.children()
                .sorted(java.util.Comparator.comparing(child -> child.pid()))
                .toList()
                .get(rank);
    }

    private void awaitMoreSteps(TrainProcess process) throws Exception {
        var before = process.steps();
        await(() -> process.steps() > before);
    }

    private void awaitOutput(String text) throws Exception {
        await(() -> output().contains(text));
    }

    private void await(Callable<Boolean> holds) throws Exception {
        var until = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
        while (!holds.call()) {
            assertThat(System.nanoTime()).as(output()).isLessThan(until);
            Thread.sleep(50);
        }
    }

    private void waitForCheckpoint(TrainProcess process) throws Exception {
        await(() -> process.checkpoints().stream().anyMatch(name -> name.matches("step-[0-9]+")));
    }

    private static List<Double> losses(TrainProcess process) throws IOException {
        var result = new ArrayList<Double>();
        for (var line : Files.readAllLines(process.metricsFile())) {
            JsonMapper.shared().readTree(line).path("losses").forEach(loss -> result.add(loss.doubleValue()));
        }
        return result;
    }
}
