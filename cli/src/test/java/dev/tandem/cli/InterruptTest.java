package dev.tandem.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.testing.ChildProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A real process, stopped by real signals. */
@DisabledOnOs(OS.WINDOWS)
@Timeout(120)
class InterruptTest {
    @RegisterExtension
    final ChildProcesses processes = ChildProcesses.ofEachTest();

    @TempDir
    Path folder;

    private TrainProcess run = new TrainProcess(processes, Path.of(""));

    @BeforeEach
    void recipe() throws IOException {
        run = new TrainProcess(processes, folder);
        run.write(
                "{name: maxright, lambda: 0.5}",
                "lora: {rank: 4}",
                "batch-size: 4",
                "batch-size: 3",
                "steps: 1000000, evaluate-every: 0, checkpoint-every: 0");
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143", "HUP, 129"})
    void aSignalStopsAfterTheStepAndTheRunGoesOn(String signal, int code) throws Exception {
        var process = afterSomeSteps();
        send(signal, process);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(run.output()).contains("Stopping after this step", "Stopped after step", "--resume");
        assertThat(process.exitValue()).isEqualTo(code);
        assertThat(run.checkpoints()).hasSize(1).first().asString().matches("step-\\d+");

        var resumed = run.resume("--set", "train.steps=" + (run.steps() + 2));
        assertThat(resumed.code()).as(resumed.err()).isZero();
        assertThat(folder.resolve("run/final/adapter_model.safetensors")).exists();
    }

    /** The second signal arrives while the first is still being handled: here, before the first step. */
    @Test
    void aSecondSignalStopsAtOnce() throws Exception {
        // one large step, which takes much longer than a signal
        run.write(
                "{name: mix, lambda: 0.5}",
                "",
                "batch-size: 50000, micro-batch-size: 50",
                "batch-size: 50000, micro-batch-size: 50",
                "steps: 1000000, evaluate-every: 0, checkpoint-every: 0");
        var process = run.start();
        while (process.isAlive() && !Files.exists(run.metricsFile())) {
            Thread.sleep(10);
        }
        send("INT", process);
        while (process.isAlive() && !run.output().contains("Stopping after this step")) {
            Thread.sleep(10);
        }
        send("INT", process);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(130);
        assertThat(run.output()).doesNotContain("Stopped after step");
        assertThat(run.checkpoints()).isEmpty();
    }

    private Process afterSomeSteps() throws Exception {
        var process = run.start();
        while (process.isAlive() && run.steps() <= 3) {
            Thread.sleep(20);
        }
        return process;
    }

    private void send(String signal, Process process) throws Exception {
        processes.signal(signal, Long.toString(process.pid()));
    }
}
