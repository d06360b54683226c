package dev.tandem.train.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.UserException;
import dev.tandem.golden.Golden;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.RecipeChanges;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.machine.NativeSetup;
import dev.tandem.tensor.safetensors.SafetensorsFile;
import dev.tandem.train.checkpoint.CheckpointStore;
import dev.tandem.train.event.ObjectiveWork;
import dev.tandem.train.event.StepEvent;
import dev.tandem.train.event.TrainingListener;
import dev.tandem.train.event.TrainingResult;
import dev.tandem.train.folder.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Laws of a whole run, over token rows and tiny models of random weights. */
class TrainingRunTest {
    @TempDir
    Path folder;

    @BeforeAll
    static void natives() {
        NativeSetup.ensure();
    }

    @Test
    void theSameSeedTrainsTheSameToTheLastBit() {
        assertThat(parameters(train(recipe("a")))).isEqualTo(parameters(train(recipe("b"))));
        assertThat(parameters(train(recipe("c", "train.seed=43")))).isNotEqualTo(parameters(folder.resolve("a")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"lora={rank: 4, dropout: 0.0}", "lora="})
    void howABatchIsSplitDoesNotShow(String lora) {
        var whole = losses(train(recipe("whole", lora, "train.steps=8")));
        var split = losses(train(recipe(
                "split",
                lora,
                "train.steps=8",
                "objectives.sft.micro-batch-size=1",
                "objectives.preference.micro-batch-size=2")));
        assertThat(split).hasSameSizeAs(whole);
        for (var i = 0; i < whole.size(); i++) {
            assertThat(split.get(i)).isCloseTo(whole.get(i), within(2e-4));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{name: maxright, lambda: 0.5, probe-every: 4}",
                "{name: alright, lambda: 0.5}",
                "{name: alright, lambda: 0.5, draws: balanced}",
                "{name: sequential, order: [preference, sft]}",
                "{name: mix, lambda: 0.3}"
            })
    void aStoppedRunGoesOnAsIfItHadNotStopped(String method) {
        var settings = List.of("method=" + method, "train.evaluate-every=3", "lora.dropout=0.2");
        var straight = train(recipe("straight", settings));
        var stopped = recipe("stopped", settings);
        var first = new TrainingRun(stopped, false).train(new TrainingListener() {}, afterSteps(7));
        assertThat(first.reason()).isEqualTo(TrainingResult.Reason.INTERRUPTED);
        assertThat(first.steps()).isEqualTo(7);
        assertThat(new RunDirectory(stopped.output()).checkpoints().resolve("step-7"))
                .isDirectory();
        assertThat(new RunDirectory(stopped.output()).finalModel()).doesNotExist();

        var second = new TrainingRun(stopped, true).train(new TrainingListener() {}, () -> false);
        assertThat(second.steps()).isEqualTo(12);
        assertThat(parameters(stopped.output())).isEqualTo(parameters(straight));
        assertThat(losses(stopped.output())).isEqualTo(losses(straight));
    }

    @Test
    void resumesFromTheLastCheckpointWhenMetricsRanAhead() throws IOException {
        var straight = train(recipe("straight", "train.checkpoint-every=5"));
        var killed = recipe("killed", "train.checkpoint-every=5");
        new TrainingRun(killed, false).train(new TrainingListener() {}, () -> false);
        // as a kill -9 after step 11, in the middle of a line, would leave it
        var directory = new RunDirectory(killed.output());
        deleteTree(directory.finalModel());
        var lines = Files.readAllLines(directory.metrics());
        Files.writeString(
                directory.metrics(), String.join("\n", lines.subList(0, lines.size() - 1)) + "\n{\"type\":\"st");
        new TrainingRun(killed, true).train(new TrainingListener() {}, () -> false);
        assertThat(parameters(killed.output())).isEqualTo(parameters(straight));
        assertThat(losses(killed.output())).isEqualTo(losses(straight));
    }

    @Test
    void aCheckpointWhoseStateIsDamagedIsNamed() throws IOException {
        var recipe = recipe("damaged", "train.checkpoint-every=5", "train.keep-checkpoints=1");
        new TrainingRun(recipe, false).train(new TrainingListener() {}, () -> false);
        var directory = new RunDirectory(recipe.output());
        deleteTree(directory.finalModel());
        var state =
                CheckpointStore.newest(directory.checkpoints()).orElseThrow().resolve("state.json");
        for (var text : List.of("{", "[]", "{\"version\": \"x\"}", "{}")) {
            Files.writeString(state, text);
            assertThatThrownBy(() -> new TrainingRun(recipe, true).train(new TrainingListener() {}, () -> false))
                    .as(text)
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("checkpoints");
        }
    }

    @Test
    void shardedWeightsTrainAsWholeOnes() {
        var whole = train(recipe("whole", "model=" + Golden.directory("llama3-tied"), "lora.targets=[q_proj, v_proj]"));
        var sharded = train(
                recipe("sharded", "model=" + Golden.directory("llama3-tied-sharded"), "lora.targets=[q_proj, v_proj]"));
        assertThat(parameters(sharded)).isEqualTo(parameters(whole));
    }

    @ParameterizedTest
    @ValueSource(strings = {"lora={rank: 4}", "lora="})
    void bfloat16FollowsFloat32(String lora) {
        var fp32 = losses(train(recipe("fp32", lora)));
        var bf16 = losses(train(recipe("bf16", lora, "train.precision=bf16")));
        for (var i = 0; i < fp32.size(); i++) {
            assertThat(bf16.get(i)).isCloseTo(fp32.get(i), within(0.02 * fp32.get(i) + 0.01));
        }
    }

    @Test
    void allParametersAreTrainedWithoutLora() throws IOException {
        var output = train(recipe("full", "lora=", "optimizer.weight-decay=0.1"));
        var trained = JsonMapper.shared().readTree(Files.readString(output.resolve("final/config.json")));
        assertThat(trained.get("model_type").stringValue()).isEqualTo("qwen3");
        try (var scope = new PointerScope();
                var before = SafetensorsFile.open(Golden.directory("qwen3").resolve("model.safetensors"));
                var after = SafetensorsFile.open(output.resolve("final/model.safetensors"))) {
            assertThat(after.names()).containsExactlyInAnyOrderElementsOf(before.names());
            assertThat(before.names())
                    .allSatisfy(name -> assertThat(Tensors.toFloats(after.tensor(name)))
                            .as(name)
                            .isNotEqualTo(Tensors.toFloats(before.tensor(name))));
        }
    }

    @Test
    void anOptimumRunStepsOnOneObjectiveAndMeasuresBoth() throws IOException {
        var output = train(recipe("optimum", "method={name: single, objective: preference}"));
        for (var line : Files.readAllLines(output.resolve("metrics.jsonl"))) {
            var record = JsonMapper.shared().readTree(line);
            if (record.get("type").stringValue().equals("step")) {
                assertThat(record.get("losses").propertyNames()).containsExactly("preference");
            } else if (record.get("type").stringValue().equals("evaluation")) {
                assertThat(record.get("losses").propertyNames()).containsExactly("sft", "preference");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mix", "alright", "maxright"})
    void threeObjectivesAreTrainedTogether(String method) throws IOException {
        var data = Golden.directory("trajectory-qwen3");
        var output = train(recipe(
                "three",
                "method={name: " + method + ", weights: {sft: 0.4, preference: 0.3, safety: 0.3}}",
                "objectives.safety={loss: ipo, data: " + data
                        + "/preference.jsonl, format: tokens, batch-size: 2, optimum: 0}",
                "train.steps=30"));
        var stepped = new java.util.TreeSet<String>();
        for (var line : Files.readAllLines(output.resolve("metrics.jsonl"))) {
            var record = JsonMapper.shared().readTree(line);
            if (record.get("type").stringValue().equals("step")) {
                stepped.addAll(record.get("losses").propertyNames());
            }
        }
        // IPO's loss is by far the largest: MAXRIGHT gives it most steps
        assertThat(stepped).contains("safety");
        if (!method.equals("maxright")) {
            assertThat(stepped).containsExactly("preference", "safety", "sft");
        }
    }

    @Test
    void stopsEarlyWhenAGapIsClosed() {
        var recipe = recipe("early", "train.early-stop.gap=100", "train.evaluate-every=2");
        var result = new TrainingRun(recipe, false).train(new TrainingListener() {}, () -> false);
        assertThat(result.reason()).isEqualTo(TrainingResult.Reason.EARLY_STOP);
        assertThat(result.steps()).isEqualTo(2);
        assertThat(new RunDirectory(recipe.output()).finalModel()).isDirectory();
    }

    @Test
    void refusesToOverwriteARunAndToResumeNothing() {
        var recipe = recipe("once", "train.steps=1");
        train(recipe);
        assertThatThrownBy(() -> new TrainingRun(recipe, false).train(new TrainingListener() {}, () -> false))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("already holds a run");
        assertThatThrownBy(() -> new TrainingRun(recipe("none"), true).train(new TrainingListener() {}, () -> false))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("no checkpoint to resume from");
    }

    @Test
    void ofBrokenDataAndABrokenModelTheDataIsTold() throws IOException {
        var model = Files.createDirectory(folder.resolve("model"));
        Files.copy(Golden.directory("qwen3").resolve("config.json"), model.resolve("config.json"));
        Files.writeString(model.resolve("model.safetensors"), "nothing");
        var rows = Files.writeString(folder.resolve("broken.jsonl"), "{\"input_ids\": 7}");
        for (var round = 0; round < 5; round++) {
            assertThatThrownBy(
                            () -> train(recipe("both", "model=" + model, "objectives.sft.data=" + rows, "cache=none")))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("broken.jsonl:1");
            assertThatThrownBy(() -> train(recipe("one", "objectives.sft.data=" + rows)))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("broken.jsonl:1");
            assertThatThrownBy(() -> train(recipe("other", "model=" + model)))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("model.safetensors");
        }
    }

    @Test
    void aRunFromCachedTokensTellsAndTrainsTheSame() {
        var received = new ArrayList<List<String>>();
        for (var name : List.of("fresh", "cached", "uncached")) {
            var messages = new ArrayList<String>();
            var recipe = recipe(name, name.equals("uncached") ? "cache=none" : "train.steps=12");
            new TrainingRun(recipe, false).train(messagesTo(messages), () -> false);
            // how busy the machine is may change from run to run, and the reference's log-probs are cached as well
            messages.removeIf(message -> message.startsWith("Warning") || message.contains("from the cache"));
            received.add(messages);
            assertThat(parameters(recipe.output())).isEqualTo(parameters(folder.resolve("fresh")));
        }
        assertThat(folder.resolve(".tandem-cache/tokens")).isNotEmptyDirectory();
        assertThat(received.get(0)).hasSizeGreaterThan(3);
        assertThat(received.get(1)).isEqualTo(received.get(0));
        assertThat(received.get(2)).isEqualTo(received.get(0));
    }

    private static TrainingListener messagesTo(List<String> messages) {
        return new TrainingListener() {
            @Override
            public void onMessage(String message) {
                messages.add(message);
            }
        };
    }

    @Test
    void aDivergedRunEndsWithAReason() {
        var recipe = recipe("diverged", "lora=", "optimizer={learning-rate: 1e18, max-grad-norm: 0}");
        assertThatThrownBy(() -> new TrainingRun(recipe, false).train(new TrainingListener() {}, () -> false))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("Lower optimizer.learning-rate");
    }

    @Test
    void otherReferencesAreUsed() {
        var adapter = Golden.directory("trajectory-qwen3").resolve("initial_adapter");
        var own = losses(train(recipe("own", "method={name: single, objective: preference}")));
        var model = losses(train(recipe(
                "model",
                "method={name: single, objective: preference}",
                "reference={model: " + Golden.directory("qwen2") + "}")));
        var base = losses(train(recipe(
                "base",
                "method={name: single, objective: preference}",
                "lora.init-from=" + adapter,
                "reference={model: " + Golden.directory("qwen3") + "}")));
        assertThat(own.get(0)).isCloseTo(Math.log(2), within(1e-6));
        assertThat(model.get(0)).isNotCloseTo(Math.log(2), within(1e-3));
        // B of the initial adapter is zero: the base is its reference
        assertThat(base.get(0)).isCloseTo(Math.log(2), within(1e-6));
    }

    @Test
    void aRankThatIsNotUsedIsSaid() {
        var adapter = Golden.directory("trajectory-qwen3").resolve("initial_adapter");
        var said = new ArrayList<String>();
        var listener = new TrainingListener() {
            @Override
            public void onMessage(String message) {
                said.add(message);
            }
        };
        for (var rank : List.of("3", "4")) {
            var recipe = recipe("rank-" + rank, "lora={init-from: " + adapter + ", rank: " + rank + "}");
            new TrainingRun(recipe, false).train(listener, () -> true);
        }
        assertThat(said)
                .filteredOn(message -> message.contains("init-from"))
                .containsExactly(
                        "Warning: the adapter of lora.init-from has rank 4, alpha 4.0 and targets [q_proj, v_proj],"
                                + " which are used. Remove rank, alpha and targets from the recipe's lora section.");
    }

    /** The paper's rule compares gaps: an optimum that is not known must not count as 0. */
    @Test
    void maxrightDoesNotBeginWithoutOptima() {
        var unknown = recipe("unknown", "objectives.sft.optimum=", "objectives.preference.optimum=");
        assertThatThrownBy(() -> train(unknown))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("objectives.sft.optimum and objectives.preference.optimum")
                .hasMessageContaining("tandem compare")
                .hasMessageContaining("optimum: 0");
        assertThat(unknown.output()).doesNotExist();
        var one = recipe("one", "objectives.preference.optimum=");
        assertThatThrownBy(() -> train(one)).hasMessageContaining("say objectives.preference.optimum.");
    }

    /** A run that an earlier version began without optima is resumed as it began. */
    @Test
    void anUnsaidOptimumOfAnEarlierVersionIsNoChange() {
        var earlier = recipe("earlier");
        new TrainingRun(earlier, false).train(new TrainingListener() {}, afterSteps(3));
        var unsaid = recipe("earlier", "objectives.sft.optimum=", "objectives.preference.optimum=");
        assertThat(RecipeChanges.between(earlier, unsaid).all()).isEmpty();
        assertThat(RecipeChanges.between(unsaid, earlier).all()).hasSize(2);
        var result = new TrainingRun(unsaid, true).train(new TrainingListener() {}, () -> false);
        assertThat(result.steps()).isEqualTo(12);
    }

    @Test
    void gapsAreOfKnownOptimaOnly() throws IOException {
        var some = train(recipe("some", "method={name: mix, lambda: 0.5}", "objectives.preference.optimum="));
        var all = train(recipe("all", "method={name: mix, lambda: 0.5}"));
        for (var file : List.of("metrics.jsonl", "summary.json")) {
            assertThat(some.resolve(file)).content().contains("\"gaps\"").doesNotContain("ideal_distance");
            assertThat(all.resolve(file)).content().contains("ideal_distance");
        }
        var gaps = JsonMapper.shared()
                .readTree(some.resolve("summary.json"))
                .get("last_evaluation")
                .get("gaps");
        assertThat(gaps.propertyNames()).containsExactly("sft");
    }

    @Test
    void aGapToStopAtWithoutAnOptimumIsSaid() {
        var recipe = recipe(
                "gap",
                "method={name: mix, lambda: 0.5}",
                "objectives.sft.optimum=",
                "objectives.preference.optimum=",
                "train.early-stop={gap: 0.1}");
        var said = new ArrayList<String>();
        var listener = new TrainingListener() {
            @Override
            public void onMessage(String message) {
                said.add(message);
            }
        };
        new TrainingRun(recipe, false).train(listener, () -> true);
        assertThat(said).anyMatch(message -> message.contains("have no optimum: sft, preference."));
    }

    /** Also over a stop: what a run did before is in its checkpoint. */
    @Test
    void theSummaryCountsTheWorkOfEachObjective() {
        for (var method : List.of("alright", "mix")) {
            var recipe = recipe("work-" + method, "method={name: " + method + ", lambda: 0.5}", "train.steps=9");
            new TrainingRun(recipe, false).train(new TrainingListener() {}, afterSteps(4));
            var result = new TrainingRun(recipe, true).train(new TrainingListener() {}, () -> false);
            var work = result.work().orElseThrow();
            var sums = work.values();
            assertThat(sums.stream().mapToInt(ObjectiveWork::steps).sum()).isEqualTo(method.equals("mix") ? 18 : 9);
            assertThat(sums.stream().mapToLong(ObjectiveWork::tokens).sum()).isEqualTo(result.tokens());
            assertThat(sums.stream().mapToDouble(ObjectiveWork::seconds).sum())
                    .isCloseTo(result.seconds(), within(1e-6));
            assertThat(recipe.output().resolve("summary.json")).content().contains("\"objectives\"");
        }
    }

    /** As two runs, one after the other; stopping in between changes nothing. */
    @ParameterizedTest
    @ValueSource(ints = {100, 8, 13})
    void eachStageHasAScheduleOfItsOwn(int stop) {
        var recipe = recipe(
                "stages-" + stop,
                "method={name: sequential, order: [sft, preference], stage-steps: [10, 10]}",
                "optimizer={schedule: linear, learning-rate: 0.001, warmup-steps: 2}",
                "train.steps=20");
        var rates = new ArrayList<Double>();
        var listener = new TrainingListener() {
            @Override
            public void onStep(StepEvent event) {
                rates.add(event.learningRate());
            }
        };
        new TrainingRun(recipe, false).train(listener, afterSteps(stop));
        if (stop < 20) {
            new TrainingRun(recipe, true).train(listener, () -> false);
        }
        assertThat(rates).hasSize(20);
        assertThat(rates.subList(10, 20)).isEqualTo(rates.subList(0, 10));
        assertThat(rates.subList(0, 4)).containsExactly(0.0, 0.0005, 0.001, 0.001 * (1 - 1 / 8.0));
    }

    @Test
    void anObjectiveThatIsNeverChosenIsWarnedAbout() {
        var said = new ArrayList<String>();
        var listener = new TrainingListener() {
            @Override
            public void onMessage(String message) {
                said.add(message);
            }
        };
        for (var optimum : List.of("100", "0")) {
            var recipe = recipe(
                    "neglected" + optimum,
                    "train.steps=110",
                    "objectives.preference.optimum=" + optimum,
                    "optimizer.learning-rate=1e-6");
            new TrainingRun(recipe, false).train(listener, afterSteps(12));
        }
        assertThat(said)
                .filteredOn(message -> message.startsWith("Warning: after"))
                .first()
                .isEqualTo("Warning: after 11 of 110 steps, maxright has not chosen preference. Check the objectives'"
                        + " optimum and weight, or choose another method.");
    }

    private static BooleanSupplier afterSteps(int steps) {
        var asked = new int[1];
        return () -> ++asked[0] >= steps;
    }

    private Recipe recipe(String name, List<String> settings) {
        return recipe(name, settings.toArray(String[]::new));
    }

    private Recipe recipe(String name, String... settings) {
        var data = Golden.directory("trajectory-qwen3");
        var yaml = String.format("""
                model: %s
                method: {name: maxright, lambda: 0.5, probe-every: 4}
                objectives:
                  sft: {data: %s/sft.jsonl, eval-data: %s/sft_eval.jsonl, format: tokens, batch-size: 4, optimum: 0}
                  preference: {data: %s/preference.jsonl, eval-data: %s/preference_eval.jsonl, format: tokens, batch-size: 3, optimum: 0}
                lora: {rank: 4}
                optimizer: {learning-rate: 0.01}
                train: {steps: 12, device: cpu, threads: 2, evaluate-every: 6, checkpoint-every: 0}
                output: %s
                """, Golden.directory("qwen3"), data, data, data, data, folder.resolve(name));
        return RecipeReader.parse(yaml, Arrays.asList(settings));
    }

    private static Path train(Recipe recipe) {
        new TrainingRun(recipe, false).train(new TrainingListener() {}, () -> false);
        return recipe.output();
    }

    /** Training losses of all steps in order. */
    private static List<Double> losses(Path output) {
        var result = new ArrayList<Double>();
        try {
            for (var line : Files.readAllLines(output.resolve("metrics.jsonl"))) {
                var record = JsonMapper.shared().readTree(line);
                if (record.get("type").stringValue().equals("step")) {
                    record.get("losses").forEach(loss -> result.add(loss.doubleValue()));
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return result;
    }

    private static List<List<Float>> parameters(Path output) {
        var file = output.resolve("final/adapter_model.safetensors");
        try (var scope = new PointerScope();
                var tensors = SafetensorsFile.open(file)) {
            return tensors.names().stream()
                    .sorted()
                    .map(name -> floats(Tensors.toFloats(tensors.tensor(name))))
                    .toList();
        }
    }

    private static List<Float> floats(float[] values) {
        var result = new ArrayList<Float>();
        for (var value : values) {
            result.add(value);
        }
        return result;
    }

    private static void deleteTree(Path root) throws IOException {
        try (var paths = Files.walk(root)) {
            for (var path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
