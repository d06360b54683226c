package dev.tandem.train.zero;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.distributed.LocalRanks;
import dev.tandem.golden.Golden;
import dev.tandem.model.checkpoint.RandomInitialization;
import dev.tandem.model.config.ParameterLayout;
import dev.tandem.model.config.ParameterSpec;
import dev.tandem.model.family.ModelFamilies;
import dev.tandem.plan.Cluster;
import dev.tandem.plan.Plan;
import dev.tandem.plan.PlannedRecipe;
import dev.tandem.plan.StepCost;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.ZeroStage;
import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.machine.NativeSetup;
import dev.tandem.tensor.safetensors.SafetensorsFile;
import dev.tandem.train.event.TrainingListener;
import dev.tandem.train.run.TinyRun;
import dev.tandem.train.run.TrainingRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Several ranks train like one process, at every ZeRO stage, and any number of them can use their checkpoints. */
class RanksTest {
    private static final double RELATIVE = 1e-3;
    private static final int STEPS = 8;

    /** More than fit into the buffers at the same time where parameters are split. */
    private static final int LAYERS = 6;

    @TempDir
    static Path shared;

    @TempDir
    Path folder;

    @BeforeAll
    static void alone() throws IOException {
        NativeSetup.ensure();
        var model = Files.createDirectories(shared.resolve("model"));
        var config = Files.readString(Golden.directory("qwen3").resolve("config.json"));
        Files.writeString(
                model.resolve("config.json"),
                config.replace("\"num_hidden_layers\": 2", "\"num_hidden_layers\": " + LAYERS)
                        .replaceAll("(?s)\"layer_types\": \\[.*?\\],", ""));
        RandomInitialization.write(model, 5);
        for (var lora : List.of(true, false)) {
            train(recipe(shared, "alone-" + lora, lora, 0, 1), 1, false, STEPS);
        }
    }

    private static Recipe recipe(Path folder, String name, boolean lora, int stage, int threads) {
        return new TinyRun(folder)
                .recipe(
                        name,
                        "model=" + shared.resolve("model"),
                        "method={name: mix, lambda: 0.5}",
                        "train.steps=" + STEPS,
                        "train.zero-stage=" + stage,
                        "train.threads=" + threads,
                        "train.checkpoint-every=3",
                        "objectives.sft.micro-batch-size=1",
                        lora ? "lora.dropout=0.0" : "lora=",
                        "optimizer.learning-rate=1.0e-3",
                        "optimizer.weight-decay=0.1",
                        // Adam would make a step that consists of rounding, where a gradient is almost 0
                        "optimizer.eps=1.0e-4",
                        "cache=none");
    }

    private Recipe recipe(boolean lora, int stage, int threads) {
        return recipe(folder, "run", lora, stage, threads);
    }

    private static void train(Recipe recipe, int ranks, boolean resume, int stopAfter) {
        if (ranks == 1) {
            new TrainingRun(recipe, resume).train(new TrainingListener() {}, counting(stopAfter)::get);
            return;
        }
        LocalRanks.run(
                ranks,
                rank -> new TrainingRun(recipe, resume)
                        .withRanks(rank)
                        .train(new TrainingListener() {}, counting(stopAfter)::get));
    }

    private static Supplier<Boolean> counting(int stopAfter) {
        var asked = new int[1];
        return () -> ++asked[0] == stopAfter && stopAfter < STEPS;
    }

    /** Parameters in one, in all steps; with LoRA the base is split too. */
    @ParameterizedTest
    @CsvSource({"false, 0, 2", "false, 1, 3", "false, 2, 2", "false, 3, 3", "true, 3, 2"})
    void trainAsOneProcess(boolean lora, int stage, int ranks) {
        var recipe = recipe(lora, stage, 2);
        train(recipe, ranks, false, STEPS);
        assertAsAlone(recipe, lora);
    }

    /** Written by four ranks, of which some have no example of a batch; resumed by fewer at another ZeRO stage. */
    @ParameterizedTest
    @CsvSource({"false, 3, 2, 1", "false, 0, 2, 3", "true, 2, 1, 0", "false, 1, 1, 0"})
    void otherNumbersOfRanksGoOn(boolean lora, int stage, int ranks, int otherStage) throws Exception {
        train(recipe(lora, stage, 1), 4, false, 4);
        try (var files = Files.list(folder.resolve("run/checkpoints/step-4"))) {
            assertThat(files.filter(file -> file.toString().endsWith("-of-4.safetensors")))
                    .hasSize(4);
        }
        var recipe = recipe(lora, otherStage, 1);
        train(recipe, ranks, true, STEPS);
        assertAsAlone(recipe, lora);
    }

    private static void assertAsAlone(Recipe recipe, boolean lora) {
        var alone = shared.resolve("alone-" + lora);
        var expected = evaluations(alone);
        var actual = evaluations(recipe.output());
        assertThat(actual).hasSameSizeAs(expected);
        for (var i = 0; i < expected.size(); i++) {
            for (var name : List.of("sft", "preference")) {
                var loss = expected.get(i).path("losses").path(name).doubleValue();
                assertThat(actual.get(i).path("losses").path(name).doubleValue())
                        .as("%s at evaluation %d", name, i)
                        .isCloseTo(loss, within(RELATIVE * loss));
            }
        }
        var file = lora ? "final/adapter_model.safetensors" : "final/model.safetensors";
        try (var scope = new PointerScope();
                var ours = SafetensorsFile.open(recipe.output().resolve(file));
                var theirs = SafetensorsFile.open(alone.resolve(file))) {
            assertThat(ours.names()).isEqualTo(theirs.names());
            for (var name : theirs.names()) {
                assertThat(ours.shape(name)).isEqualTo(theirs.shape(name));
                assertThat(Tensors.norm(ours.tensor(name).sub(theirs.tensor(name))))
                        .as(name)
                        .isLessThanOrEqualTo(1e-2 * Tensors.norm(theirs.tensor(name)) + 1e-4);
            }
        }
    }

    private static List<JsonNode> evaluations(Path run) {
        try (Stream<String> lines = Files.lines(run.resolve("metrics.jsonl"))) {
            return lines.map(line -> JsonMapper.shared().readTree(line))
                    .filter(line -> line.path("type").stringValue().equals("evaluation"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void theSameNumberOfRanksGoesOnBitForBit(int stage) {
        var straight = recipe(folder, "straight", false, stage, 1);
        train(straight, 2, false, STEPS);
        var stopped = recipe(folder, "stopped", false, stage, 1);
        train(stopped, 2, false, 5);
        train(stopped, 2, true, STEPS);
        assertThat(TinyRun.weights(stopped)).isEqualTo(TinyRun.weights(straight));
        assertThat(TinyRun.metrics(stopped)).isEqualTo(TinyRun.metrics(straight));
    }

    /** Every rank exchanges exactly what its stage's formula says: docs/scaling.md has the formulas. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void whatIsExchangedIsWhatTheFormulaSays(int stage) throws IOException {
        var recipe = recipe(false, stage, 1);
        train(recipe, 2, false, STEPS);
        var exchanged = JsonMapper.shared()
                .readTree(Files.readString(recipe.output().resolve("summary.json")))
                .path("exchanged");
        var units = unitBytes();
        var half = units.stream().mapToLong(Long::longValue).sum() / 2;
        // a step has three backward passes: two micro-batches of one, a batch of pairs
        assertThat(exchanged.path("gradient_bytes").longValue())
                .isEqualTo(List.of(2 * half, half, 3 * half, 3 * half).get(stage) * STEPS);
        var planned = planned(recipe, stage);
        assertThat(exchanged.path("gradient_bytes").doubleValue()).isEqualTo(planned.gradientBytes() * STEPS);
        var received = exchanged.path("parameter_bytes").longValue();
        if (stage < ZeroStage.MAX_NUMBER) {
            assertThat(received).isEqualTo(stage == 0 ? 0 : half * STEPS);
            assertThat((double) received).isEqualTo(planned.parameterBytes() * STEPS);
            return;
        }
        var edges = units.get(0) + units.get(LAYERS + 1);
        var block = units.get(1);
        // three blocks have a buffer: those computed last are there when the backward pass begins, and the first three
        // when the
        // next pass does, unless they were updated in the meantime
        var norm = units.get(LAYERS) - block; // the final one counts to the last block
        var step = (3 * edges + (LAYERS + 5 * (LAYERS - 3)) * block + 3 * norm) / 2;
        assertThat(planned.parameterBytes()).isEqualTo(step);
        var pass = (edges + LAYERS * block + norm) / 2;
        var passes = received - step * STEPS;
        assertThat(passes % pass).as("passes without a gradient").isZero();
        assertThat(passes / pass).isBetween(10L, 40L);
    }

    /** The planned value. */
    private static StepCost planned(Recipe recipe, int stage) {
        var run = PlannedRecipe.of(recipe, false, OptionalLong.empty());
        return Plan.of(run, Cluster.ofCpus(1, 1e9, false), List.of(2), OptionalInt.empty())
                .rows()
                .get(stage)
                .step();
    }

    /** Bytes of every unit, rounded up to even parts. */
    private static List<Long> unitBytes() {
        var layout = ParameterLayout.of(ModelFamilies.read(shared.resolve("model")));
        return layout.units().stream()
                .map(names -> layout.parameters().stream()
                        .filter(parameter -> names.contains(parameter.name()))
                        .mapToLong(ParameterSpec::elements)
                        .sum())
                .map(elements -> (elements + 1) / 2 * 2 * Float.BYTES)
                .toList();
    }
}
