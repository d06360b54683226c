package dev.tandem.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.inference.FileGeneration.Layout;
import dev.tandem.model.generation.Sampling;
import dev.tandem.model.generation.TextModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class FileGenerationTest {
    private static final Sampling LIVELY = new Sampling(1.0, 0, 0.9, 0.0, 1.0);

    @TempDir
    Path folder;

    private TextModel model;

    @BeforeEach
    void open() {
        model = TinyTextModel.open(folder.resolve("model"));
    }

    @AfterEach
    void close() {
        model.close();
    }

    private Path prompts(int count) throws IOException {
        var lines = IntStream.range(0, count)
                .mapToObj(i -> "{\"prompt\": \"" + "the hill ".repeat(1 + i % 5) + "\", \"id\": " + i + "}")
                .toList();
        return Files.write(folder.resolve("prompts.jsonl"), lines);
    }

    private FileGeneration generation(long seed, int atOnce) {
        return new FileGeneration(
                model,
                new GenerationSettings(12, LIVELY, List.of(), seed, atOnce),
                new FileGeneration.Prompts(Optional.empty(), Optional.empty(), Map.of()),
                "tiny");
    }

    private List<JsonNode> lines(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .map(line -> JsonMapper.shared().readTree(line))
                .toList();
    }

    @Test
    void answersEveryRowInOrderWhateverIsMadeAtOnce() throws IOException {
        var data = prompts(23);
        var summary = generation(1, 4).run(data, folder.resolve("a"), Layout.JSONL, (n, t) -> {}, () -> false);
        assertThat(summary.answers()).isEqualTo(23);
        var answers = lines(folder.resolve("a"));
        assertThat(answers)
                .extracting(row -> row.path("id").asInt())
                .isEqualTo(IntStream.range(0, 23).boxed().toList());
        assertThat(answers).allSatisfy(row -> {
            assertThat(row.path("end").asString()).isIn("eos", "length");
            assertThat(row.path("tokens").asInt()).isBetween(0, 12);
            assertThat(row.path("generator").asString()).isEqualTo("tiny");
        });
        assertThat(summary.tokens())
                .isEqualTo(answers.stream()
                        .mapToInt(row -> row.path("tokens").asInt())
                        .sum());

        generation(1, 1).run(data, folder.resolve("b"), Layout.JSONL, (n, t) -> {}, () -> false);
        assertThat(folder.resolve("b")).hasSameTextualContentAs(folder.resolve("a"));
        generation(2, 4).run(data, folder.resolve("c"), Layout.JSONL, (n, t) -> {}, () -> false);
        assertThat(Files.readString(folder.resolve("c"))).isNotEqualTo(Files.readString(folder.resolve("a")));
    }

    @Test
    void stoppedItGoesOnToTheSameFile() throws IOException {
        var data = prompts(30);
        generation(1, 4).run(data, folder.resolve("whole"), Layout.JSONL, (n, t) -> {}, () -> false);
        var out = folder.resolve("out");
        var partial = folder.resolve("out.partial");
        var steps = new int[1];
        for (var stop : List.of(20, 30, 25)) {
            steps[0] = 0;
            assertThatThrownBy(
                            () -> generation(1, 4).run(data, out, Layout.JSONL, (n, t) -> {}, () -> steps[0]++ > stop))
                    .isInstanceOf(CancellationException.class);
            assertThat(out).doesNotExist();
            // as a kill in the middle of a line would leave it
            Files.writeString(partial, Files.readString(partial) + "{\"prompt\": \"the h");
        }
        var summary = generation(1, 3).run(data, out, Layout.JSONL, (n, t) -> {}, () -> false);
        assertThat(summary.earlier()).isPositive();
        assertThat(out).hasSameTextualContentAs(folder.resolve("whole"));
        assertThat(partial).doesNotExist();
    }

    @Test
    void goesOnOnlyWithWhatItWasBegunWith() throws IOException {
        var data = prompts(30);
        var out = folder.resolve("out");
        var steps = new int[1];
        assertThatThrownBy(() -> generation(1, 4).run(data, out, Layout.JSONL, (n, t) -> {}, () -> steps[0]++ > 20))
                .isInstanceOf(CancellationException.class);
        assertThatThrownBy(() -> generation(2, 4).run(data, out, Layout.JSONL, (n, t) -> {}, () -> false))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("was begun with another model, data or settings")
                .hasMessageContaining("\"seed\":1");
        Files.writeString(out, "mine");
        assertThatThrownBy(() -> generation(1, 4).run(data, out, Layout.JSONL, (n, t) -> {}, () -> false))
                .hasMessageContaining("exists already");
        assertThat(out).hasContent("mine");
    }

    @Test
    void alpacaEvalsArray() throws IOException {
        var data = Files.write(
                folder.resolve("a.json"),
                List.of(
                        "[{\"instruction\": \"Say it.\", \"dataset\": \"x\"}, {\"instruction\": \"Again.\", \"input\": \"x\"}]"));
        generation(1, 2).run(data, folder.resolve("out.json"), Layout.ALPACA_EVAL, (n, t) -> {}, () -> false);
        var answers = JsonMapper.shared().readTree(Files.readString(folder.resolve("out.json")));
        assertThat(answers.isArray()).isTrue();
        assertThat(answers)
                .hasSize(2)
                .allSatisfy(
                        row -> assertThat(row.propertyNames()).containsExactly("instruction", "output", "generator"));
        assertThat(answers.path(1).path("instruction").asString()).isEqualTo("Again.\nx");
    }

    @Test
    void aRowWithoutAPromptIsNamed() throws IOException {
        var data = Files.write(folder.resolve("bad.jsonl"), List.of("{\"prompt\": \"a\"}", "{\"text\": \"b\"}"));
        assertThatThrownBy(
                        () -> generation(1, 2).run(data, folder.resolve("o"), Layout.JSONL, (n, t) -> {}, () -> false))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("bad.jsonl:2")
                .hasMessageContaining("'prompt'");
        var none = Files.write(folder.resolve("none.jsonl"), List.of("{\"text\": \"b\"}"));
        assertThatThrownBy(
                        () -> generation(1, 2).run(none, folder.resolve("p"), Layout.JSONL, (n, t) -> {}, () -> false))
                .hasMessageContaining("no column messages, instruction or prompt");
    }
}
