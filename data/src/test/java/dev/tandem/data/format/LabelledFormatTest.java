package dev.tandem.data.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.data.DataSource;
import dev.tandem.data.cache.TokenizationContext;
import dev.tandem.data.check.CheckedFile;
import dev.tandem.data.check.DataCheck;
import dev.tandem.data.conversation.Renderers;
import dev.tandem.data.encoding.DropReason;
import dev.tandem.data.encoding.EncodedRow;
import dev.tandem.data.encoding.Overlong;
import dev.tandem.data.encoding.RandomTexts;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.rows.Row;
import dev.tandem.data.tokenizer.ModelTokenizer;
import dev.tandem.data.tokenizer.TextTokenizer;
import dev.tandem.data.tokenizer.TokenizerFolder;
import dev.tandem.yaml.Section;
import dev.tandem.yaml.YamlReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class LabelledFormatTest {
    private static final int VOCABULARY = 400;

    @TempDir
    private Path folder;

    private TextTokenizer tokenizer;

    @BeforeEach
    void load() {
        tokenizer = TokenizerFolder.withBos(folder.resolve("model")).load();
    }

    @AfterEach
    void close() {
        tokenizer.close();
    }

    @Test
    void aRowIsTheSequenceOfSftWithItsLabel() {
        var random = new SplittableRandom(31);
        var template = Optional.of("User: {}\nAssistant: ");
        for (var i = 0; i < 200; i++) {
            var row = JsonMapper.shared()
                    .createObjectNode()
                    .put("prompt", RandomTexts.text(random))
                    .put("response", RandomTexts.text(random))
                    .put("label", random.nextBoolean());
            var labelled = encode(new LabelledFormat(), template, new Row("row", row));
            var plain = row.deepCopy();
            plain.remove("label");
            var sft = encode(new SftFormat(), template, new Row("row", plain));
            assertThat(labelled)
                    .isEqualTo(
                            sft instanceof EncodedRow.Kept kept
                                    ? kept.withLabel(row.path("label").booleanValue() ? 1 : 0)
                                    : sft);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"true 1", "1 1", "1.0 1", "'true' 1", "'True' 1", "'1' 1", "false 0", "0 0", "'FALSE' 0", "'0' 0"
            })
    void labelsAreTrueOrFalseOrOneOrZero(String line) {
        var parts = line.split(" ");
        var row = row("{'prompt': 'how', 'response': 'the hill', 'label': " + parts[0] + "}");
        assertThat(encode(new LabelledFormat(), Optional.empty(), row))
                .isInstanceOfSatisfying(
                        EncodedRow.Kept.class, kept -> assertThat(kept.label()).hasValue(Double.parseDouble(parts[1])));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2",
                "-1",
                "0.5",
                "1e-9",
                "'yes'",
                "'good'",
                "''",
                "' 1'",
                "[]",
                "[true]",
                "{}",
                "null",
                "99999999999999999999"
            })
    void anythingElseIsRefusedWithItsPlace(String label) {
        var row = row("{'prompt': 'how', 'response': 'the hill', 'label': " + label + "}");
        assertThatThrownBy(() -> encode(new LabelledFormat(), Optional.empty(), row))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("rows.jsonl:3: column 'label' ");
        var unanswered = row("{'prompt': 'how', 'response': '', 'label': " + label + "}");
        assertThatThrownBy(() -> encode(new LabelledFormat(), Optional.empty(), unanswered))
                .as("also where the row would be dropped")
                .isInstanceOf(UserException.class);
    }

    @Test
    void aMissingColumnIsNamed() {
        assertThatThrownBy(() -> encode(
                        new LabelledFormat(), Optional.empty(), row("{'prompt': 'how', 'response': 'a', 'labels': 1}")))
                .hasMessageContaining("rows.jsonl:3: no column 'label'")
                .hasMessageContaining("Did you mean 'labels'?");
        assertThatThrownBy(() -> encode(
                        new LabelledFormat(), Optional.empty(), row("{'prompt': 'how', 'label': 1, 'text': 'a'}")))
                .hasMessageContaining("rows.jsonl:3: no column 'response'");
    }

    @Test
    void theResponseMayBeCalledCompletion() {
        var response = row("{'prompt': 'how', 'response': 'the hill', 'label': 1}");
        var completion = row("{'prompt': 'how', 'completion': 'the hill', 'label': 1}");
        var withNull = row("{'prompt': 'how', 'response': null, 'completion': 'the hill', 'label': 1}");
        var expected = encode(new LabelledFormat(), Optional.empty(), response);
        assertThat(encode(new LabelledFormat(), Optional.empty(), completion)).isEqualTo(expected);
        assertThat(encode(new LabelledFormat(), Optional.empty(), withNull)).isEqualTo(expected);
    }

    @Test
    void aRowWithBothNamesIsRefusedUnlessOneIsMapped() {
        var both = row("{'prompt': 'how', 'response': 'the sea', 'completion': 'the hill', 'label': 1}");
        assertThatThrownBy(() -> encode(new LabelledFormat(), Optional.empty(), both))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("rows.jsonl:3: the row has both 'response' and 'completion'")
                .hasMessageContaining("columns: {response: …}");
        var mapped = RowFormats.encoder(
                new LabelledFormat(), RowShape.LABELLED, Map.of("response", "completion"), context(Optional.empty()));
        assertThat(mapped.encode(both))
                .isEqualTo(encode(
                        new LabelledFormat(),
                        Optional.empty(),
                        row("{'prompt': 'how', 'response': 'the hill', 'label': 1}")));
    }

    @Test
    void messagesAreRenderedByTheChatTemplate() {
        var turns = "{'role': 'user', 'content': 'how'}, {'role': 'assistant', 'content': 'the sea'},"
                + " {'role': 'user', 'content': 'why'}";
        var answer = "{'role': 'assistant', 'content': 'the hill'}";
        var row = row("{'prompt': [" + turns + "], 'completion': [" + answer + "], 'label': false}");
        var pair = row("{'prompt': [" + turns + "], 'chosen': [" + answer + "], 'rejected': [" + answer + "]}");
        var recipe = Recipes.of(new LabelledFormat());
        var labelled = (EncodedRow.Kept) Recipes.encoder(recipe, tokenizer, VOCABULARY, Renderers::chatMl)
                .encode(row);
        var preferred = (EncodedRow.Kept)
                Recipes.encoder(Recipes.of(new PreferenceFormat()), tokenizer, VOCABULARY, Renderers::chatMl)
                        .encode(pair);
        assertThat(labelled.sequences()).containsExactly(preferred.sequences().get(0));
        assertThat(labelled.label()).hasValue(0);
        assertThatThrownBy(() -> encode(new LabelledFormat(), Optional.of("Q: {}"), row))
                .hasMessageContaining("the recipe's 'template' is for texts");
    }

    @Test
    void labelsReachTheExamplesAlsoFromTheCache() throws IOException {
        var file = Files.writeString(folder.resolve("rows.csv"), """
                prompt,completion,label
                how,the hill,True
                why,the sea,False
                how,,True
                """);
        var recipe = DataRecipe.reading(
                RowShape.LABELLED,
                new DataSource(file, OptionalDouble.empty(), Map.of()),
                new LabelledFormat(),
                Optional.empty(),
                64,
                Overlong.TRUNCATE);
        for (var run = 0; run < 2; run++) {
            try (var text = new ModelTokenizer(folder.resolve("model"))) {
                var encoding = new TokenizationContext(text, VOCABULARY, Optional.of(folder.resolve("cache")));
                var rows = encoding.read(recipe.sources().get(0), recipe, 100, message -> {
                    throw new AssertionError(message);
                });
                assertThat(rows.kept())
                        .extracting(row -> row.label().orElseThrow())
                        .containsExactly(1.0, 0.0);
                assertThat(rows.dropped()).containsEntry(DropReason.NO_TRAINED_TOKEN, 1);
            }
        }
    }

    @Test
    void aCheckWithoutATokenizerFindsRowsThatAreIncompleteOrTwice() throws IOException {
        var file = Files.writeString(folder.resolve("rows.jsonl"), """
                {"prompt": "how", "completion": "the hill", "label": true}
                {"prompt": "how", "response": "the hill", "label": true}
                {"prompt": "how", "response": "the hill"}
                {"prompt": "how", "response": "the hill", "completion": "the sea", "label": true}
                """);
        var source = new DataSource(file, OptionalDouble.empty(), Map.of());
        var recipe = DataRecipe.reading(
                RowShape.LABELLED, source, new LabelledFormat(), Optional.empty(), 64, Overlong.TRUNCATE);
        var checked = new CheckedFile("labelled", false, source, Optional.of(recipe), 100);
        var found = DataCheck.of(List.of(checked), new DataCheck.Settings(Optional.empty(), VOCABULARY, 0, false))
                .files()
                .get(0);
        assertThat(found.repetitions().within().count()).isOne();
        assertThat(found.errors())
                .satisfiesExactly(
                        error -> assertThat(error).endsWith("rows.jsonl:3: no column 'label', which its format needs."),
                        error -> assertThat(error).contains("rows.jsonl:4: the row has both"));
    }

    @Test
    void aLossOfLabelsNamesTheFormatsThatHaveThem() {
        var section = Section.root("r", YamlReader.read("{data: a.jsonl, format: sft, batch-size: 1}", "r"));
        assertThatThrownBy(() -> DataRecipe.parse(section, RowShape.LABELLED, "kto", RowFormats.ALL))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(
                        "r:1: format: loss: kto learns from labelled responses, but rows of format sft are"
                                + " single responses. Use tokens or labelled.");
    }

    private EncodedRow encode(RowFormat format, Optional<String> template, Row row) {
        return RowFormats.encoder(format, format.shapes().get(0), Map.of(), context(template))
                .encode(row);
    }

    private EncodingContext context(Optional<String> template) {
        return new EncodingContext(Optional.of(tokenizer), VOCABULARY, template, 64, Overlong.TRUNCATE);
    }

    private static Row row(String json) {
        return Row.parse("rows.jsonl:3", json.replace('\'', '"'));
    }
}
