package dev.tandem.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.data.bpe.BpeTrainer;
import dev.tandem.data.bpe.TokenizerFiles;
import dev.tandem.model.checkpoint.RandomInitialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Damaged data files, given to the commands: exit code 2 and the one message, or a check that passes. */
class MalformedDataCommandTest {
    private static final Path RESOURCES = Path.of("..", "testdata");
    private static final Path CORPUS = RESOURCES.resolve("malformed");
    private static final String TEMPLATE = "{% for m in messages %}"
            + "{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Roles must alternate') }}{% endif %}"
            + "{{ m.role + ': ' + m.content + '</s>' }}{% endfor %}"
            + "{% if add_generation_prompt %}assistant: {% endif %}";

    @TempDir
    static Path model;

    @TempDir
    Path folder;

    @BeforeAll
    static void writeModel() throws IOException {
        var config = (ObjectNode)
                JsonMapper.shared().readTree(Files.readString(RESOURCES.resolve("golden/qwen3/config.json")));
        Files.writeString(
                model.resolve("config.json"), config.put("vocab_size", 512).toString());
        RandomInitialization.write(model, 1);
        var roles = new TokenizerFiles.Roles(
                Optional.empty(), Optional.of("</s>"), Optional.empty(), Optional.of(TEMPLATE), 512);
        TokenizerFiles.write(BpeTrainer.train(List.of("a hill"), 257, List.of("</s>")), roles, model);
    }

    static Stream<JsonNode> corpus() throws IOException {
        return JsonMapper.shared()
                .readTree(Files.readString(CORPUS.resolve("EXPECT.json")))
                .valueStream();
    }

    /** Every twelfth file, because a run reads them as the core's test does. */
    static Stream<JsonNode> refused() throws IOException {
        var files = corpus().filter(file -> file.has("refused")).toList();
        return IntStream.range(0, files.size()).filter(i -> i % 12 == 0).mapToObj(files::get);
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void aCheckEndsWithTwoOnlyForWhatStopsARun(JsonNode file) {
        var data = CORPUS.resolve(file.get("file").stringValue()).toString();
        var outcome =
                run("data", "check", data, "--format", file.get("format").stringValue(), "--model", model.toString());
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isEqualTo(file.has("refused") ? 2 : 0);
        file.path("refused").forEach(phrase -> assertThat(outcome.out()).contains(phrase.stringValue()));
        assertThat(outcome.out()).matches("(?s)[\\P{Cntrl}\\r\\n]*");
    }

    @ParameterizedTest
    @MethodSource("refused")
    void aRunStopsWithTheMessage(JsonNode file) throws IOException {
        var format = file.get("format").stringValue();
        var recipe = folder.resolve("recipe.yaml");
        Files.writeString(
                recipe,
                String.format(
                        """
                model: %s
                method: {name: single, objective: a}
                objectives:
                  a: {loss: %s, data: %s, format: %s, max-length: 64, batch-size: 1, eval-fraction: 0}
                train: {steps: 1, device: cpu}
                output: %s
                """,
                        model,
                        format.equals("preference") ? "dpo" : "sft",
                        CORPUS.resolve(file.get("file").stringValue()),
                        format,
                        folder.resolve("run")));
        var outcome = run("train", recipe.toString());
        assertThat(outcome.code()).isEqualTo(2);
        file.path("refused").forEach(phrase -> assertThat(outcome.err()).contains(phrase.stringValue()));
        assertThat(outcome.err())
                .startsWith("Error: ")
                .doesNotContain("Exception")
                .matches("(?s)[\\P{Cntrl}\\r\\n]*");
        assertThat(folder.resolve("run")).doesNotExist();
    }

    private static Outcome run(String... arguments) {
        return Outcome.of(arguments);
    }
}
