package dev.tandem.cli;

import dev.tandem.recipe.RecipeReader;
import dev.tandem.testing.ChildProcesses;
import dev.tandem.train.event.TrainingListener;
import dev.tandem.train.run.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Processes of {@code tandem train} over a tiny model, and the run folder they work in.
 *
 * @param processes ends them with their test
 * @param folder where recipe, output and run folder are
 */
public record TrainProcess(ChildProcesses processes, Path folder) {
    private static final Path GOLDEN = Path.of("..", "testdata", "golden");

    /** Writes the recipe; {@code settings} are further keys in YAML's flow style, by their section. */
    public void write(String method, String model, String sft, String preference, String train) throws IOException {
        var data = GOLDEN.resolve("trajectory-qwen3");
        Files.createDirectories(folder);
        Files.writeString(
                recipe(),
                String.format(
                        """
                        model: %s
                        method: %s
                        objectives:
                          sft: {data: %s/sft.jsonl, eval-data: %s/sft_eval.jsonl, format: tokens, optimum: 0, %s}
                          preference: {data: %s/preference.jsonl, eval-data: %s/preference_eval.jsonl, format: tokens, optimum: 0, %s}
                        %s
                        optimizer: {learning-rate: 0.01}
                        train: {device: cpu, threads: 1, %s}
                        output: %s
                        """,
                        GOLDEN.resolve("qwen3"), method, data, data, sft, data, data, preference, model, train, run()));
    }

    public Path recipe() {
        return folder.resolve("recipe.yaml");
    }

    public Path run() {
        return folder.resolve("run");
    }

    public Path metricsFile() {
        return run().resolve("metrics.jsonl");
    }

    /** What the last process printed. */
    String output() throws IOException {
        return Files.readString(folder.resolve("out.txt"));
    }

    /** Starts {@code tandem train}. */
    Process start(String... options) throws IOException {
        return start(List.of(), options);
    }

    /**
     * Starts {@code tandem train}.
     *
     * @param wrapper command to start it with, such as a shell that sets limits
     */
    Process start(List<String> wrapper, String... options) throws IOException {
        var command = new ArrayList<>(wrapper);
        var arguments = new ArrayList<>(List.of("train", recipe().toString()));
        arguments.addAll(List.of(options));
        command.addAll(ChildProcesses.java(List.of("-Xmx256m"), Main.class.getName(), arguments));
        return processes.start(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("out.txt").toFile()));
    }

    /** Runs {@code tandem train --resume} in this process: a resumed run needs no process of its own. */
    Outcome resume(String... options) {
        var arguments = new ArrayList<>(List.of("train", recipe().toString(), "--resume"));
        arguments.addAll(List.of(options));
        return Outcome.of(arguments.toArray(String[]::new));
    }

    /** Trains in this process, undisturbed. */
    public void train() {
        new TrainingRun(RecipeReader.read(recipe(), List.of()), false).train(new TrainingListener() {}, () -> false);
    }

    /** Trains in this process for some steps, and stops with a checkpoint. */
    void trainFor(int steps) {
        var asked = new AtomicInteger();
        new TrainingRun(RecipeReader.read(recipe(), List.of()), false)
                .train(new TrainingListener() {}, () -> asked.incrementAndGet() >= steps);
    }

    /** Steps in the metrics. */
    public long steps() throws IOException {
        if (!Files.exists(metricsFile())) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(metricsFile())) {
            return lines.filter(line -> line.startsWith("{\"type\":\"step\"")).count();
        }
    }

    /** Names in the folder of checkpoints. */
    public List<String> checkpoints() throws IOException {
        var checkpoints = run().resolve("checkpoints");
        if (!Files.isDirectory(checkpoints)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(checkpoints)) {
            return entries.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    boolean hasCheckpoint() throws IOException {
        return checkpoints().stream().anyMatch(name -> name.startsWith("step-") && !name.endsWith(".writing"));
    }

    /** Whether there is a checkpoint that is not whole. */
    boolean isWriting() throws IOException {
        return checkpoints().stream().anyMatch(name -> name.endsWith(".writing"));
    }

    /** Lines of the metrics, without what differs from one run to the next: times and memory. */
    public List<String> metrics() throws IOException {
        return Files.readAllLines(metricsFile()).stream()
                .map(line -> {
                    var json = (ObjectNode) JsonMapper.shared().readTree(line);
                    json.remove(List.of("seconds", "memory_bytes"));
                    return json.toString();
                })
                .toList();
    }

    /** The trained weights. */
    byte[] weights() throws IOException {
        var adapter = run().resolve("final/adapter_model.safetensors");
        return Files.readAllBytes(Files.exists(adapter) ? adapter : run().resolve("final/model.safetensors"));
    }
}
