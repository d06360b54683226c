package dev.tandem.train.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.UserException;
import dev.tandem.golden.Golden;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.machine.NativeSetup;
import dev.tandem.tensor.safetensors.SafetensorsFile;
import dev.tandem.train.event.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Laws of a whole run whose batches or micro-batches are measured in tokens; rows of all lengths, a tiny model. */
class TokenBatchRunTest {
    private static final int BUDGET = 120;

    @TempDir
    Path folder;

    @BeforeAll
    static void natives() {
        NativeSetup.ensure();
    }

    @BeforeEach
    void data() throws IOException {
        var random = new SplittableRandom(8);
        var sft = new ArrayList<String>();
        var pairs = new ArrayList<String>();
        for (var i = 0; i < 40; i++) {
            var prompt = ids(random, 1 + random.nextInt(20));
            sft.add("{\"input_ids\": " + joined(prompt, ids(random, 1 + random.nextInt(20))) + ", \"prompt_length\": "
                    + prompt.size() + "}");
            pairs.add("{\"prompt_ids\": " + prompt + ", \"chosen_ids\": " + ids(random, 1 + random.nextInt(8))
                    + ", \"rejected_ids\": " + ids(random, 1 + random.nextInt(8)) + "}");
        }
        Files.write(folder.resolve("sft.jsonl"), sft);
        Files.write(folder.resolve("pairs.jsonl"), pairs);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{name: maxright, lambda: 0.5, probe-every: 4}",
                "{name: alright, lambda: 0.5}",
                "{name: mix, lambda: 0.3}"
            })
    void aStoppedRunGoesOnAsIfItHadNotStopped(String method) {
        var straight = recipe("straight", "method=" + method, "lora.dropout=0.2");
        train(straight, false, () -> false);
        var stopped = recipe("stopped", "method=" + method, "lora.dropout=0.2");
        for (var stops = 0; stops < 3; stops++) {
            train(stopped, stops > 0, afterSteps(5));
        }
        train(stopped, true, () -> false);
        assertThat(steps(stopped)).isEqualTo(steps(straight));
        assertThat(parameters(stopped)).isEqualTo(parameters(straight));
    }

    @Test
    void stepsKeepTheBudgetAndMostFillIt() {
        var recipe = recipe("budget", "method={name: single, objective: sft}");
        train(recipe, false, () -> false);
        var tokens = steps(recipe).stream()
                .map(step -> step.get("tokens").longValue())
                .toList();
        assertThat(tokens).hasSize(20).allSatisfy(t -> assertThat(t).isLessThanOrEqualTo(BUDGET));
        assertThat(tokens).filteredOn(t -> t > BUDGET * 0.6).hasSizeGreaterThan(14);
    }

    @Test
    void everyMethodFindsTheReferenceOfWhatItLooksAt() {
        // few enough steps that not all pairs are scored beforehand
        for (var steps = 1; steps <= 4; steps++) {
            for (var method : List.of("maxright, probe-every: 1", "mix", "alright")) {
                var recipe = recipe(
                        "few-" + method.substring(0, 3) + steps,
                        "method={lambda: 0.5, name: " + method + "}",
                        "train.steps=" + steps,
                        "objectives.preference.batch-tokens=50",
                        "cache=none");
                train(recipe, false, () -> false);
                assertThat(steps(recipe)).hasSize(steps);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lora={rank: 4}", "lora="})
    void howABatchIsSplitDoesNotShow(String lora) {
        var whole = recipe("whole", lora);
        var split = recipe("split", lora, "train.micro-batch-tokens=50", "objectives.preference.micro-batch-size=2");
        train(whole, false, () -> false);
        train(split, false, () -> false);
        assertThat(losses(split, "step")).hasSameSizeAs(losses(whole, "step"));
        for (var type : List.of("step", "evaluation")) {
            var expected = losses(whole, type);
            var actual = losses(split, type);
            assertThat(expected).isNotEmpty();
            for (var i = 0; i < expected.size(); i++) {
                assertThat(actual.get(i)).isCloseTo(expected.get(i), within(2e-4));
            }
        }
    }

    @Test
    void aLimitOfTokensNeedsLessMemory() {
        assertThat(memory("train.micro-batch-tokens=50")).isLessThan(memory("train.steps=20"));
    }

    private long memory(String setting) {
        var data = RunData.load(recipe("memory", setting), message -> {});
        return data.largestMicroBatch();
    }

    @Test
    void refusesToGoOnWithOtherWindows() {
        train(recipe("changed"), false, afterSteps(5));
        assertThatThrownBy(
                        () -> train(recipe("changed", "objectives.sft.length-grouping-window=23"), true, () -> false))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("  objectives.sft.length-grouping-window: 16 → 23");
    }

    private Recipe recipe(String name, String... settings) {
        var yaml = String.format("""
                model: %s
                method: {name: mix, lambda: 0.5}
                objectives:
                  sft: {data: %s/sft.jsonl, format: tokens, eval-fraction: 0.2, batch-tokens: %d, length-grouping-window: 16, optimum: 0}
                  preference: {data: %s/pairs.jsonl, format: tokens, eval-fraction: 0.2, batch-tokens: 150, length-grouping-window: 50, optimum: 0}
                lora: {rank: 4}
                optimizer: {learning-rate: 0.003}
                train: {steps: 20, device: cpu, threads: 2, evaluate-every: 10, checkpoint-every: 0}
                output: %s
                """, Golden.directory("qwen3"), folder, BUDGET, folder, folder.resolve(name));
        return RecipeReader.parse(yaml, Arrays.asList(settings));
    }

    private static void train(Recipe recipe, boolean resume, BooleanSupplier stop) {
        new TrainingRun(recipe, resume).train(new TrainingListener() {}, stop);
    }

    private static BooleanSupplier afterSteps(int steps) {
        var asked = new int[1];
        return () -> ++asked[0] >= steps;
    }

    /** What the metrics say of every step, but for times. */
    private static List<Map<String, JsonNode>> steps(Recipe recipe) {
        var result = new ArrayList<Map<String, JsonNode>>();
        for (var record : records(recipe, "step")) {
            var step = new HashMap<String, JsonNode>();
            for (var key : List.of("step", "losses", "tokens")) {
                step.put(key, record.get(key));
            }
            result.add(step);
        }
        return result;
    }

    private static List<Double> losses(Recipe recipe, String type) {
        var result = new ArrayList<Double>();
        records(recipe, type).forEach(r -> r.get("losses").forEach(loss -> result.add(loss.doubleValue())));
        return result;
    }

    private static List<JsonNode> records(Recipe recipe, String type) {
        try {
            return Files.readAllLines(recipe.output().resolve("metrics.jsonl")).stream()
                    .map(line -> JsonMapper.shared().readTree(line))
                    .filter(record -> record.get("type").stringValue().equals(type))
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, List<Float>> parameters(Recipe recipe) {
        var result = new HashMap<String, List<Float>>();
        try (var scope = new PointerScope();
                var tensors = SafetensorsFile.open(recipe.output().resolve("final/adapter_model.safetensors"))) {
            for (var name : tensors.names()) {
                var values = new ArrayList<Float>();
                for (var value : Tensors.toFloats(tensors.tensor(name))) {
                    values.add(value);
                }
                result.put(name, values);
            }
        }
        return result;
    }

    private static List<Integer> ids(SplittableRandom random, int count) {
        return random.ints(count, 0, 97).boxed().toList();
    }

    private static List<Integer> joined(List<Integer> first, List<Integer> second) {
        var result = new ArrayList<>(first);
        result.addAll(second);
        return result;
    }
}
