package dev.tandem.train.run;

import dev.tandem.golden.Golden;
import dev.tandem.io.Sha256;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.train.event.TrainingListener;
import dev.tandem.train.event.TrainingResult;
import dev.tandem.train.folder.RunDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Runs over token rows and a tiny model, for tests of what surrounds training.
 *
 * @param folder where their outputs go
 */
public record TinyRun(Path folder) {

    /** A recipe whose output is called {@code name}. */
    public Recipe recipe(String name, String... settings) {
        var data = Golden.directory("trajectory-qwen3");
        var yaml = String.format("""
                model: %s
                method: {name: maxright, lambda: 0.5, probe-every: 4}
                objectives:
                  sft: {data: %s/sft.jsonl, eval-data: %s/sft_eval.jsonl, format: tokens, batch-size: 2, optimum: 0}
                  preference: {data: %s/preference.jsonl, eval-data: %s/preference_eval.jsonl, format: tokens, batch-size: 2, optimum: 0}
                lora: {rank: 4}
                optimizer: {learning-rate: 0.01}
                train: {steps: 12, device: cpu, threads: 1, evaluate-every: 3, checkpoint-every: 0}
                output: %s
                """, Golden.directory("qwen3"), data, data, data, data, folder.resolve(name));
        return RecipeReader.parse(yaml, List.of(settings));
    }

    /** A whole run, or the rest of one, and its messages. */
    public static List<String> messages(Recipe recipe, boolean resume) {
        var messages = new ArrayList<String>();
        train(recipe, resume, messages, () -> false);
        return messages;
    }

    /** Begins a run, or resumes one, for some steps. */
    public static TrainingResult stopAfter(Recipe recipe, boolean resume, int steps) {
        var asked = new int[1];
        return train(recipe, resume, new ArrayList<>(), () -> ++asked[0] >= steps);
    }

    /** Trains and adds the run's messages to {@code messages}. */
    public static TrainingResult train(Recipe recipe, boolean resume, List<String> messages, BooleanSupplier stop) {
        return new TrainingRun(recipe, resume)
                .train(
                        new TrainingListener() {
                            @Override
                            public void onMessage(String message) {
                                messages.add(message);
                            }
                        },
                        stop);
    }

    /** SHA-256 of every file a run ended with, by name. */
    public static List<String> weights(Recipe recipe) {
        var directory = new RunDirectory(recipe.output()).finalModel();
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".safetensors"))
                    .sorted()
                    .map(file -> file.getFileName() + " " + digest(file))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lines of the metrics, without what differs from one run to the next: times and memory. */
    public static List<String> metrics(Recipe recipe) {
        try {
            return Files.readAllLines(new RunDirectory(recipe.output()).metrics()).stream()
                    .map(line -> line.replaceAll("\"(seconds|memory_bytes)\":[^,}]*,?", ""))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String digest(Path file) {
        try {
            return Sha256.hex(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
