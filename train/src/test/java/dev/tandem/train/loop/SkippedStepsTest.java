package dev.tandem.train.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.golden.Golden;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.machine.NativeSetup;
import dev.tandem.tensor.safetensors.SafetensorsFile;
import dev.tandem.train.event.StepEvent;
import dev.tandem.train.event.TrainingListener;
import dev.tandem.train.event.TrainingResult;
import dev.tandem.train.folder.RunDirectory;
import dev.tandem.train.folder.RunState;
import dev.tandem.train.run.TrainingRun;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A model in which one token's embedding is not a number, and data in which some examples hold that token. */
class SkippedStepsTest {
    private static final int POISON = 1;
    private static final String EMBEDDING = "gpt_neox.embed_in.weight";
    private static final Path DATA = Golden.directory("trajectory-gpt-neox");

    @TempDir
    Path folder;

    @BeforeAll
    static void natives() {
        NativeSetup.ensure();
    }

    @BeforeEach
    void model() throws IOException {
        var model = Files.createDirectories(folder.resolve("model"));
        Files.copy(Golden.directory("gpt-neox").resolve("config.json"), model.resolve("config.json"));
        var bytes = ByteBuffer.wrap(
                        Files.readAllBytes(Golden.directory("gpt-neox").resolve("model.safetensors")))
                .order(ByteOrder.LITTLE_ENDIAN);
        var length = (int) bytes.getLong(0);
        var header =
                JsonMapper.shared().readTree(new String(bytes.array(), Long.BYTES, length, StandardCharsets.UTF_8));
        var tensor = header.path(EMBEDDING);
        assertThat(tensor.path("dtype").asString()).isEqualTo("F32");
        var width = tensor.path("shape").path(1).asInt();
        var start = Long.BYTES + length + tensor.path("data_offsets").path(0).asInt() + POISON * width * Float.BYTES;
        IntStream.range(0, width).forEach(i -> bytes.putFloat(start + i * Float.BYTES, Float.NaN));
        Files.write(model.resolve("model.safetensors"), bytes.array());
    }

    @Test
    void aStepOnABadBatchIsSkippedCountedAndLeavesNoTrace() throws IOException {
        var messages = new ArrayList<String>();
        var result = run(recipe("run", 3, 5), messages, Integer.MAX_VALUE);
        assertThat(result.reason()).isEqualTo(TrainingResult.Reason.COMPLETED);
        assertThat(result.skipped()).isBetween(1, 11);
        var steps = steps("run");
        assertThat(steps).hasSize(12);
        assertThat(steps.stream().filter(s -> s.path("skipped").asBoolean(false)))
                .hasSize(result.skipped())
                .allMatch(s -> s.path("losses").path("sft").isNull());
        assertThat(steps.stream().filter(s -> !s.path("skipped").asBoolean(false)))
                .allMatch(s -> s.path("losses").values().stream().allMatch(JsonNode::isNumber));
        assertThat(messages)
                .filteredOn(m -> m.contains("The step is skipped"))
                .hasSize(result.skipped())
                .allMatch(m -> m.contains("the loss of sft is NaN"));
        assertThat(summary("run").path("skipped_steps").asInt()).isEqualTo(result.skipped());
        assertThat(parameters("run")).allMatch(Float::isFinite);

        // stopped after any step and resumed, it counts and learns the same
        for (var stop : List.of(4, 9)) {
            var name = "stopped" + stop;
            var recipe = recipe(name, 3, 5);
            assertThat(run(recipe, messages, stop).steps()).isEqualTo(stop);
            var resumed = new TrainingRun(recipe, true).train(new TrainingListener() {}, () -> false);
            assertThat(resumed.skipped()).isEqualTo(result.skipped());
            assertThat(parameters(name)).isEqualTo(parameters("run"));
        }
    }

    @Test
    void tooManyInARowStopTheRunAndNameExamplesAndCheckpoint() throws IOException {
        assertThatThrownBy(() -> run(recipe("all", 24, 2), new ArrayList<>(), Integer.MAX_VALUE))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("the loss of sft is NaN")
                .hasMessageContaining("after 2 steps in a row were skipped")
                .hasMessageMatching("(?s).*numbered from 0 as they were kept\\): sft \\d+, \\d+, \\d+, \\d+\\..*")
                .hasMessageMatching("(?s).*The last checkpoint is .*step-2\\..*");
        assertThat(RunState.read(new RunDirectory(folder.resolve("all")).state())
                        .orElseThrow()
                        .phase())
                .isEqualTo(RunState.Phase.FAILED);

        assertThatThrownBy(() -> run(recipe("none", 3, 0), new ArrayList<>(), Integer.MAX_VALUE))
                .hasMessageContaining("No step may be skipped")
                .hasMessageMatching("(?s).*numbered from 0 as they were kept\\): sft \\d+(, \\d+)*\\..*");
    }

    @Test
    void namesTheLastCheckpoint() throws IOException {
        // the first bad batch comes after some good ones
        assertThatThrownBy(() -> run(recipe("late", 1, 0), new ArrayList<>(), Integer.MAX_VALUE))
                .hasMessageMatching("(?s).*as they were kept\\): sft 0\\. .*The last checkpoint is .*step-\\d+\\..*");
    }

    private static TrainingResult run(Recipe recipe, List<String> messages, int stopAfter) {
        var done = new int[1];
        return new TrainingRun(recipe, false)
                .train(
                        new TrainingListener() {
                            @Override
                            public void onStep(StepEvent event) {
                                done[0]++;
                            }

                            @Override
                            public void onMessage(String message) {
                                messages.add(message);
                            }
                        },
                        () -> done[0] >= stopAfter);
    }

    /** Of 24 instructions the first {@code bad} hold the token. */
    private Recipe recipe(String name, int bad, int mostSkipped) throws IOException {
        var lines = Files.readAllLines(DATA.resolve("sft.jsonl")).subList(0, 24);
        assertThat(lines).noneMatch(line -> line.matches(".*[\\[ ]" + POISON + "[,\\]].*"));
        var rows = IntStream.range(0, 24)
                .mapToObj(i -> i < bad ? lines.get(i).replaceFirst("\\[\\d+", "[" + POISON) : lines.get(i))
                .toList();
        Files.write(folder.resolve(name + ".jsonl"), rows);
        return RecipeReader.parse(
                """
                model: %s
                method: {name: alright, lambda: 0.25, draws: balanced}
                objectives:
                  sft: {data: %s, format: tokens, batch-size: 4, eval-data: %s}
                  preference: {data: %s, format: tokens, batch-size: 3, eval-data: %s}
                lora: {rank: 4, dropout: 0.1}
                optimizer: {learning-rate: 1.0e-3}
                train: {steps: 12, device: cpu, threads: 2, evaluate-every: 0, checkpoint-every: 1, max-consecutive-skips: %d}
                output: %s
                cache: none
                """.formatted(
                                folder.resolve("model"),
                                folder.resolve(name + ".jsonl"),
                                DATA.resolve("sft_eval.jsonl"),
                                DATA.resolve("preference.jsonl"),
                                DATA.resolve("preference_eval.jsonl"),
                                mostSkipped,
                                folder.resolve(name)),
                List.of());
    }

    private List<JsonNode> steps(String name) throws IOException {
        return Files.readAllLines(new RunDirectory(folder.resolve(name)).metrics()).stream()
                .map(line -> JsonMapper.shared().readTree(line))
                .filter(json -> json.path("type").asString("").equals("step"))
                .toList();
    }

    private JsonNode summary(String name) throws IOException {
        return JsonMapper.shared().readTree(Files.readString(new RunDirectory(folder.resolve(name)).summary()));
    }

    private List<Float> parameters(String name) {
        var file = new RunDirectory(folder.resolve(name)).finalModel().resolve("adapter_model.safetensors");
        try (var scope = new PointerScope();
                var saved = SafetensorsFile.open(file)) {
            return saved.names().stream()
                    .sorted()
                    .map(tensor -> Tensors.toFloats(saved.tensor(tensor)))
                    .flatMap(values -> IntStream.range(0, values.length).mapToObj(i -> values[i]))
                    .toList();
        }
    }
}
