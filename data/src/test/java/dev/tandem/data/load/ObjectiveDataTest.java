package dev.tandem.data.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.data.Batching;
import dev.tandem.data.DataSource;
import dev.tandem.data.cache.TokenizationContext;
import dev.tandem.data.encoding.DropReason;
import dev.tandem.data.encoding.Overlong;
import dev.tandem.data.encoding.RowWarning;
import dev.tandem.data.example.Example;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.format.DataRecipe;
import dev.tandem.data.format.TokensFormat;
import dev.tandem.data.tokenizer.ModelTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObjectiveDataTest {
    private static final int VOCABULARY = 5_000;

    @TempDir
    Path folder;

    @Test
    void holdsAShareOutThatNobodyTrainsOn() throws IOException {
        var data = load(settings(List.of(source(rows("a", 0, 1000))), 0.1, OptionalInt.empty()), 7);
        assertThat(data.training()).hasSize(900);
        assertThat(data.evaluation()).hasSize(100);
        assertThat(firstTokens(data.training())).doesNotContainAnyElementsOf(firstTokens(data.evaluation()));
        var everything = new HashSet<>(firstTokens(data.training()));
        everything.addAll(firstTokens(data.evaluation()));
        assertThat(everything).hasSize(1000);
        assertThat(indices(data))
                .containsExactlyElementsOf(IntStream.range(0, 1000).boxed().toList());
    }

    @Test
    void whatIsHeldOutDependsOnTheSeedAlone() throws IOException {
        var recipe = settings(List.of(source(rows("a", 0, 300))), 0.1, OptionalInt.empty());
        assertThat(load(recipe, 1).evaluation()).isEqualTo(load(recipe, 1).evaluation());
        assertThat(load(recipe, 1).evaluation()).isNotEqualTo(load(recipe, 2).evaluation());
    }

    @Test
    void fewRowsForEvaluationAreSaid() throws IOException {
        var recipe = settings(List.of(source(rows("a", 0, 300))), 0.03, OptionalInt.empty());
        try (var tokenizer = new ModelTokenizer(Path.of("no-tokenizer"))) {
            var messages = new ArrayList<String>();
            ObjectiveData.load(
                    "sft", recipe, new TokenizationContext(tokenizer, VOCABULARY, Optional.empty()), 7, messages::add);
            assertThat(messages)
                    .anyMatch(
                            message -> message.contains("only 9 rows are held out for evaluation. The standard error of"
                                    + " their loss is 0.33 times"));
        }
    }

    @Test
    void filesWithoutWeightsAreReadOneAfterTheOther() throws IOException {
        var data = load(
                settings(List.of(source(rows("a", 0, 20)), source(rows("b", 100, 10))), 0, OptionalInt.empty()), 7);
        assertThat(data.evaluation()).isEmpty();
        assertThat(firstTokens(data.training()))
                .containsExactlyElementsOf(IntStream.concat(IntStream.range(0, 20), IntStream.range(100, 110))
                        .boxed()
                        .toList());
    }

    @Test
    void weightedFilesAreBlended() throws IOException {
        var data = load(
                settings(
                        List.of(
                                new DataSource(rows("a", 0, 1000), OptionalDouble.of(3), Map.of()),
                                new DataSource(rows("b", 2000, 10), OptionalDouble.of(1), Map.of())),
                        0,
                        OptionalInt.empty()),
                7);
        var drawn = firstTokens(data.stream().take());
        var second = drawn.stream().filter(t -> t >= 2000).count() / 8_000.0;
        // 1/4 ± 5 standard deviations
        assertThat(second).isBetween(0.25 - 0.025, 0.25 + 0.025);
    }

    @Test
    void limitsApplyToTrainingExamples() throws IOException {
        var data = load(settings(List.of(source(rows("a", 0, 1000))), 0.1, OptionalInt.of(90)), 7);
        assertThat(data.training()).hasSize(90);
        assertThat(data.evaluation()).hasSize(10);
        var blended = load(
                settings(
                        List.of(
                                new DataSource(rows("b", 0, 500), OptionalDouble.of(3), Map.of()),
                                new DataSource(rows("c", 2000, 500), OptionalDouble.of(1), Map.of())),
                        0,
                        OptionalInt.of(100)),
                7);
        assertThat(blended.training()).hasSize(100);
        assertThat(firstTokens(blended.training()).stream().filter(t -> t >= 2000))
                .hasSize(25);
    }

    @Test
    void warnsOfEvaluationExamplesThatAreTrained() throws IOException {
        var training = rows("a", 0, 100);
        assertThat(warnings(training, rows("b", 200, 10))).isEmpty();
        assertThat(warnings(training, rows("c", 95, 10)))
                .singleElement()
                .asString()
                .contains("5 of 10 evaluation examples are training examples too");
        assertThat(warnings(training, training.resolveSibling("./a.jsonl")))
                .singleElement()
                .asString()
                .contains("is the training data itself");
    }

    private static List<String> warnings(Path training, Path evaluation) {
        var plain = settings(List.of(source(training)), 0, OptionalInt.empty());
        var messages = new ArrayList<String>();
        var recipe = new DataRecipe(
                plain.shape(),
                plain.sources(),
                List.of(source(evaluation)),
                0,
                plain.format(),
                plain.template(),
                plain.maxLength(),
                plain.overlong(),
                plain.maxSamples(),
                plain.maxEvalSamples(),
                plain.batching(),
                plain.shuffle());
        try (var tokenizer = new ModelTokenizer(training.getParent())) {
            var encoding = new TokenizationContext(tokenizer, VOCABULARY, Optional.empty());
            ObjectiveData.load("rows", recipe, encoding, 7, messages::add);
        }
        return messages;
    }

    @Test
    void accountsForEveryRow() throws IOException {
        var file = folder.resolve("mixed.jsonl");
        Files.write(
                file,
                List.of(
                        "{\"input_ids\": [1, 2, 3], \"prompt_length\": 1}",
                        "{\"input_ids\": [1, 2, 3], \"prompt_length\": 3}",
                        "{\"input_ids\": [1, 2, 3, 4, 5, 6], \"prompt_length\": 5}",
                        "{\"input_ids\": [1, 2, 3, 4, 5, 6], \"prompt_length\": 2}"));
        var report =
                load(settings(List.of(source(file)), 0, OptionalInt.empty()), 7).report();
        assertThat(report.training()).isEqualTo(2);
        assertThat(report.files().get(0).rows()).isEqualTo(4);
        assertThat(report.files().get(0).dropped())
                .isEqualTo(Map.of(DropReason.NO_TRAINED_TOKEN, 1, DropReason.PROMPT_TOO_LONG, 1));
        assertThat(report.files().get(0).notes()).isEqualTo(Map.of(RowWarning.RESPONSE_CUT, 1));
        assertThat(report.text())
                .contains(
                        "4 rows, 2 kept; 1 dropped: the prompt leaves no space for a response (overlong: truncate-prompt keeps its end); 1 dropped: no token to"
                                + " train; 1: response cut to max-length");
        assertThat(report.json()).containsEntry("training", 2).containsEntry("trained_tokens", 5L);
    }

    @Test
    void refusesDataThatLeavesNothingToTrain() throws IOException {
        var file = folder.resolve("nothing.jsonl");
        Files.writeString(file, "{\"input_ids\": [1, 2], \"prompt_length\": 2}\n");
        assertThatThrownBy(() -> load(settings(List.of(source(file)), 0, OptionalInt.empty()), 7))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("nothing to train on")
                .hasMessageContaining("no token to train");
    }

    private static ObjectiveData load(DataRecipe recipe, long seed) {
        var encoding =
                new TokenizationContext(new ModelTokenizer(Path.of("no-tokenizer")), VOCABULARY, Optional.empty());
        return ObjectiveData.load("sft", recipe, encoding, seed, message -> {});
    }

    private static DataRecipe settings(List<DataSource> data, double evalShare, OptionalInt maxSamples) {
        return new DataRecipe(
                RowShape.RESPONSE,
                data,
                List.of(),
                evalShare,
                new TokensFormat(),
                Optional.empty(),
                5,
                Overlong.TRUNCATE,
                maxSamples,
                OptionalInt.empty(),
                new Batching.Examples(8_000),
                true);
    }

    private static DataSource source(Path path) {
        return new DataSource(path, OptionalDouble.empty(), Map.of());
    }

    /** Rows whose first token is their number. */
    private Path rows(String name, int first, int count) throws IOException {
        var file = folder.resolve(name + ".jsonl");
        var lines = new ArrayList<String>();
        for (var i = first; i < first + count; i++) {
            lines.add("{\"input_ids\": [" + i + ", 1, 2], \"prompt_length\": 1}");
        }
        Files.write(file, lines);
        return file;
    }

    private static List<Integer> firstTokens(List<Example> examples) {
        return examples.stream().map(e -> e.sequences().get(0).ids()[0]).toList();
    }

    private static List<Integer> indices(ObjectiveData data) {
        var result = new ArrayList<Integer>();
        data.training().forEach(e -> result.add(e.index()));
        data.evaluation().forEach(e -> result.add(e.index()));
        return result;
    }
}
