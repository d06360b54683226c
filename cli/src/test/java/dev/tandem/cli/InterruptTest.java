package dev.tandem.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A real process, stopped by a real signal. */
@DisabledOnOs(OS.WINDOWS)
class InterruptTest {
    private static final Path GOLDEN = Path.of("..", "core", "src", "test", "resources", "golden");

    @TempDir
    Path folder;

    @Test
    @Timeout(120)
    void aSignalStopsAfterTheStepAndTheRunGoesOn() throws IOException, InterruptedException {
        var process = tandem("train", recipe().toString());
        var metrics = folder.resolve("run/metrics.jsonl");
        while (process.isAlive() && !hasSteps(metrics)) {
            Thread.sleep(20);
        }
        // SIGTERM: what a shell's Ctrl-C does with SIGINT
        process.destroy();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isNotZero();
        assertThat(Files.readString(folder.resolve("out.txt")))
                .contains("Stopped after step")
                .contains("--resume");
        try (var checkpoints = Files.list(folder.resolve("run/checkpoints"))) {
            assertThat(checkpoints).hasSize(1).allMatch(c -> Files.exists(c.resolve("state.json")));
        }

        var resumed = tandem("train", recipe().toString(), "--resume", "--set", "train.steps=" + (steps(metrics) + 2));
        assertThat(resumed.waitFor()).isZero();
        assertThat(folder.resolve("run/final/adapter_model.safetensors")).exists();
    }

    private static boolean hasSteps(Path metrics) throws IOException {
        return Files.exists(metrics) && steps(metrics) > 3;
    }

    private static long steps(Path metrics) throws IOException {
        return Files.readAllLines(metrics).stream()
                .filter(line -> line.startsWith("{\"type\":\"step\""))
                .count();
    }

    private Process tandem(String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.tandem.cli.Main"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("out.txt").toFile())
                .start();
    }

    private Path recipe() throws IOException {
        var data = GOLDEN.resolve("trajectory-qwen3");
        var file = folder.resolve("recipe.yaml");
        Files.writeString(file, String.format("""
                        model: %s
                        method: {name: maxright, lambda: 0.5}
                        objectives:
                          sft: {data: %s/sft.jsonl, format: tokens, batch-size: 4}
                          preference: {data: %s/preference.jsonl, format: tokens, batch-size: 3}
                        lora: {rank: 4}
                        train: {steps: 1000000, device: cpu, threads: 1, evaluate-every: 0, checkpoint-every: 0}
                        output: %s
                        """, GOLDEN.resolve("qwen3"), data, data, folder.resolve("run")));
        return file;
    }
}
