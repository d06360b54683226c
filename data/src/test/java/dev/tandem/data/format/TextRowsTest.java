package dev.tandem.data.format;

import static dev.tandem.data.tokenizer.TokenizerFolder.BOS;
import static dev.tandem.data.tokenizer.TokenizerFolder.EOS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.data.encoding.DropReason;
import dev.tandem.data.encoding.EncodedRow;
import dev.tandem.data.encoding.Overlong;
import dev.tandem.data.encoding.RandomTexts;
import dev.tandem.data.encoding.RowWarning;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.example.TokenSequence;
import dev.tandem.data.rows.Row;
import dev.tandem.data.tokenizer.TextTokenizer;
import dev.tandem.data.tokenizer.TokenizerFolder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class TextRowsTest {
    private static final int VOCABULARY = 400;

    private final Path folder;
    private TextTokenizer tokenizer;

    TextRowsTest(@TempDir Path folder) {
        this.folder = folder;
        this.tokenizer = TokenizerFolder.withBos(folder).load();
    }

    @AfterEach
    void close() {
        tokenizer.close();
    }

    @Test
    void aSequenceIsPromptThenTrainedResponseThenEos() {
        var random = new SplittableRandom(11);
        for (var i = 0; i < 300; i++) {
            var prompt = RandomTexts.text(random);
            var response = RandomTexts.text(random);
            var kept = TextTokenizer.withoutTrailingSpaces(prompt);
            var moved = response.startsWith(" ") ? "" : prompt.substring(kept.length());

            var sequence = onlySequence(encode(Recipes.of(new SftFormat()), sft(prompt, response)));

            var expected =
                    join(new int[] {0}, tokenizer.encode(kept), tokenizer.encode(moved + response), new int[] {1});
            assertThat(sequence.ids()).isEqualTo(expected);
            var promptLength = 1 + tokenizer.encode(kept).length;
            for (var t = 0; t < sequence.length(); t++) {
                assertThat(sequence.trained()[t]).isEqualTo(t >= promptLength);
            }
            assertThat(tokenizer.decode(sequence.ids())).isEqualTo(BOS + kept + moved + response + EOS);
        }
    }

    @Test
    void theFirstWordOfTheAnswerIsOneTokenWithItsSpaceAndTrained() {
        var recipe = Recipes.of(new SftFormat(), Optional.of("User: {}\nAssistant: "), 512, Overlong.TRUNCATE);
        var sequence = onlySequence(encode(recipe, sft("how", "the hill")));
        var promptLength = 1 + tokenizer.encode("User: how\nAssistant:").length;
        assertThat(tokenizer.encode(" the")).hasSize(1);
        assertThat(sequence.trained()[promptLength - 1]).isFalse();
        assertThat(sequence.trained()[promptLength]).isTrue();
        assertThat(sequence.ids()[promptLength]).isEqualTo(tokenizer.encode(" the")[0]);
        assertThat(encode(recipe, sft("how", " the hill"))).isEqualTo(encode(recipe, sft("how", "the hill")));
    }

    @Test
    void bosAndEosStandOnceWhenTheTextHasThem() {
        var recipe = Recipes.of(new SftFormat());
        assertThat(encode(recipe, sft(BOS + "how", "the hill" + EOS)))
                .isEqualTo(encode(recipe, sft("how", "the hill")));
        assertThat(encode(recipe, sft("how", "the hill" + EOS + EOS)))
                .isEqualTo(encode(recipe, sft("how", "the hill")));
    }

    @Test
    void endsWithEosAlsoWherePadIsEos() {
        reload(TokenizerFolder.plain(folder).edit("tokenizer_config.json", json -> json.put("pad_token", EOS)));
        var sequence = onlySequence(encode(Recipes.of(new SftFormat()), sft("how", "the hill")));
        assertThat(sequence.ids()).endsWith(1);
        assertThat(sequence.trained()[sequence.length() - 1]).isTrue();
    }

    @Test
    void sftOnPairsLearnsFromTheChosenAnswers() {
        var pairs = Recipes.of(new PreferenceFormat());
        var row = pair("how", "the hill", "the sun");
        var chosen = (EncodedRow.Kept) encode(pairs.withShape(RowShape.RESPONSE), row);
        var pair = (EncodedRow.Kept) encode(pairs, row);
        assertThat(pair.sequences()).hasSize(2);
        assertThat(chosen.sequences()).containsExactly(pair.sequences().get(0));
        var empty = pair("how", "the hill", "");
        assertThat(encode(pairs.withShape(RowShape.RESPONSE), empty)).isEqualTo(encode(pairs, empty));
    }

    @Test
    void noSpaceIsAddedBetweenPromptAndResponse() {
        reload(TokenizerFolder.withLeadingSpace(folder));
        var sequence = onlySequence(encode(Recipes.of(new SftFormat()), sft("how\n", "the hill")));
        assertThat(tokenizer.decode(sequence.ids())).isEqualTo(BOS + " how\nthe hill" + EOS);
    }

    @Test
    void cutsOrDropsWhatIsTooLong() {
        var whole = onlySequence(encode(Recipes.of(new SftFormat()), sft("how does", "the sun shine over the hill")));
        var promptLength = 1 + tokenizer.encode("how does").length;
        for (var max = 1; max <= whole.length(); max++) {
            var cut = encode(sft(max, Overlong.TRUNCATE), sft("how does", "the sun shine over the hill"));
            var dropped = encode(sft(max, Overlong.DROP), sft("how does", "the sun shine over the hill"));
            if (max <= promptLength) {
                assertThat(cut).isEqualTo(new EncodedRow.Dropped(DropReason.PROMPT_TOO_LONG));
                assertThat(dropped).isEqualTo(cut);
            } else if (max < whole.length()) {
                assertThat(((EncodedRow.Kept) cut).notes()).containsExactly(RowWarning.RESPONSE_CUT);
                assertThat(onlySequence(cut).ids()).isEqualTo(Arrays.copyOf(whole.ids(), max));
                assertThat(dropped).isEqualTo(new EncodedRow.Dropped(DropReason.RESPONSE_TOO_LONG));
            } else {
                assertThat(((EncodedRow.Kept) cut).notes()).isEmpty();
                assertThat(dropped).isEqualTo(cut);
            }
        }
    }

    @Test
    void dropsWhatCannotBeTrained() {
        var recipe = Recipes.of(new SftFormat());
        assertThat(encode(recipe, sft("how", ""))).isEqualTo(new EncodedRow.Dropped(DropReason.NO_TRAINED_TOKEN));
        assertThat(encode(recipe, sft("how ", ""))).isEqualTo(new EncodedRow.Dropped(DropReason.NO_TRAINED_TOKEN));
        assertThat(encode(recipe, sft("how", EOS))).isEqualTo(new EncodedRow.Dropped(DropReason.NO_TRAINED_TOKEN));
        assertThat(encode(recipe, sft("how\ud83d", "a"))).isEqualTo(new EncodedRow.Dropped(DropReason.NOT_UNICODE));
        assertThat(encode(recipe, sft("how", "a\ude00"))).isEqualTo(new EncodedRow.Dropped(DropReason.NOT_UNICODE));
    }

    @Test
    void keepsAnEmptyPromptAndSaysSo() {
        var kept = (EncodedRow.Kept) encode(Recipes.of(new SftFormat()), sft("", "the hill"));
        assertThat(kept.notes()).containsExactly(RowWarning.EMPTY_PROMPT);
        assertThat(onlySequence(kept).trainedTokens())
                .isEqualTo(onlySequence(kept).length() - 1);

        reload(TokenizerFolder.plain(folder));
        kept = (EncodedRow.Kept) encode(Recipes.of(new SftFormat()), sft("", "the hill"));
        assertThat(onlySequence(kept).ids()).isEqualTo(join(tokenizer.encode("the hill"), new int[] {1}));
        assertThat(onlySequence(kept).trained()[0]).isFalse();
        assertThat(encode(Recipes.of(new SftFormat()), sft("", "a")))
                .isEqualTo(new EncodedRow.Dropped(DropReason.NO_TRAINED_TOKEN));
    }

    @Test
    void aPairSharesItsPrompt() {
        var random = new SplittableRandom(12);
        for (var i = 0; i < 200; i++) {
            var prompt = RandomTexts.text(random);
            var row = pair(prompt, RandomTexts.text(random), RandomTexts.text(random));
            var kept = (EncodedRow.Kept) encode(Recipes.of(new PreferenceFormat()), row);
            assertThat(kept.sequences()).hasSize(2);
            var shared = 1 + tokenizer.encode(TextTokenizer.withoutTrailingSpaces(prompt)).length;
            for (var sequence : kept.sequences()) {
                assertThat(Arrays.copyOf(sequence.ids(), shared))
                        .isEqualTo(Arrays.copyOf(kept.sequences().get(0).ids(), shared));
                assertThat(sequence.trainedTokens()).isEqualTo(sequence.length() - shared);
                assertThat(sequence.ids()).endsWith(1);
            }
        }
    }

    @Test
    void aPairIsDroppedWhenEitherIsAndNotedWhenEqual() {
        var recipe = Recipes.of(new PreferenceFormat());
        assertThat(encode(recipe, pair("how", "", "b"))).isEqualTo(new EncodedRow.Dropped(DropReason.NO_TRAINED_TOKEN));
        assertThat(encode(recipe, pair("how", "a", ""))).isEqualTo(new EncodedRow.Dropped(DropReason.NO_TRAINED_TOKEN));
        assertThat(((EncodedRow.Kept) encode(recipe, pair("how", "a", "a"))).notes())
                .containsExactly(RowWarning.EQUAL_PAIR);
    }

    @Test
    void implicitPairsShareAllUpToTheLastAnswer() {
        var recipe = Recipes.of(new ImplicitPreferenceFormat());
        var dialogue = "\n\nHuman: how\n\nAssistant: the hill\n\nHuman: why\n\nAssistant:";
        var row = row(Map.of("chosen", dialogue + " the sea", "rejected", dialogue + " no"));
        assertThat(encode(recipe, row))
                .isEqualTo(encode(Recipes.of(new PreferenceFormat()), pair(dialogue, " the sea", " no")));
        for (var other : List.of("\n\nHuman: who\n\nAssistant: no", "no dialogue")) {
            assertThat(encode(recipe, row(Map.of("chosen", dialogue + " the sea", "rejected", other))))
                    .isEqualTo(new EncodedRow.Dropped(DropReason.NO_SHARED_PROMPT));
        }
        var later = " a\n\nHuman: who\n\nAssistant: b";
        assertThat(encode(recipe, row(Map.of("chosen", dialogue + " the sea", "rejected", dialogue + later))))
                .as("the rest of a dialogue is its answer")
                .isEqualTo(encode(Recipes.of(new PreferenceFormat()), pair(dialogue, " the sea", later)));
    }

    @Test
    void alpacaRendersInstructionAndInput() {
        var templated = Recipes.of(new AlpacaFormat(), Optional.of("User: {}\nAssistant: "), 512, Overlong.TRUNCATE);
        var row = row(Map.of("instruction", "Add.", "input", "1 2", "output", "3"));
        assertThat(text(templated, row)).isEqualTo(BOS + "User: Add.\n1 2\nAssistant: 3" + EOS);
        assertThat(text(Recipes.of(new AlpacaFormat()), row))
                .contains("paired with an input")
                .endsWith("### Instruction:\nAdd.\n\n### Input:\n1 2\n\n### Response:3" + EOS);
        var withoutInput = row(Map.of("instruction", "Add.", "output", "3"));
        assertThat(text(templated, withoutInput)).isEqualTo(BOS + "User: Add.\nAssistant: 3" + EOS);
        withoutInput.values().putNull("input");
        assertThat(text(Recipes.of(new AlpacaFormat()), withoutInput))
                .doesNotContain("Input")
                .endsWith("### Instruction:\nAdd.\n\n### Response:3" + EOS);
    }

    @Test
    void readsMappedColumns() {
        var row = row(Map.of("Question", "how", "response", "the hill"));
        assertThat(encode(Recipes.of(new SftFormat()), Map.of("prompt", "Question"), row))
                .isEqualTo(encode(Recipes.of(new SftFormat()), sft("how", "the hill")));
    }

    @Test
    void refusesToMapAColumnTheFormatDoesNotHave() {
        assertThatThrownBy(() -> encode(Recipes.of(new SftFormat()), Map.of("Question", "prompt"), sft("a", "b")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("format sft has no column 'Question'; it has prompt, response");
    }

    @Test
    void aMissingColumnIsNamedWithWhatThereIs() {
        assertThatThrownBy(() -> encode(Recipes.of(new SftFormat()), row(Map.of("Prompt", "a", "response", "b"))))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("rows.jsonl:3: no column 'prompt'")
                .hasMessageContaining("'Prompt'")
                .hasMessageContaining("columns: {prompt: Prompt}");
        assertThatThrownBy(() -> encode(Recipes.of(new SftFormat()), row(Map.of("prompt", "a", "te\u001b[31mxt", "b"))))
                .hasMessageContaining("'te\\u001b[31mxt'")
                .hasMessageContaining("columns: {response: …}");
    }

    @Test
    void aColumnOfAnotherTypeIsNamedWithWhatItHolds() {
        var recipe = Recipes.of(new SftFormat());
        var row = sft("how", "b");
        row.values().put("response", 42);
        assertThatThrownBy(() -> encode(recipe, row))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        "rows.jsonl:3: column 'response' holds the number 42; a text was expected. Correct or remove the row.");
        row.values().putNull("response");
        assertThatThrownBy(() -> encode(recipe, row)).hasMessageContaining("'response' is null");
        row.values().putArray("response");
        assertThatThrownBy(() -> encode(recipe, row)).hasMessageContaining("holds a list; a text was expected");
    }

    @Test
    void refusesATemplateWithoutOnePlace() {
        for (var template : List.of("User:", "{} {}")) {
            var recipe = Recipes.of(new SftFormat(), Optional.of(template), 512, Overlong.TRUNCATE);
            assertThatThrownBy(() -> encode(recipe, sft("a", "b")))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("exactly one");
        }
        var implicit = Recipes.of(new ImplicitPreferenceFormat(), Optional.of("{}"), 512, Overlong.TRUNCATE);
        assertThatThrownBy(() -> encode(implicit, sft("a", "b")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("implicit-preference takes no template");
    }

    @Test
    void refusesATokenizerLargerThanTheModel() {
        var recipe = Recipes.of(new SftFormat());
        assertThatThrownBy(() -> recipe.encoder(Map.of(), Optional.of(tokenizer), 1))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("end-of-sequence token has the id 1, but the model's vocabulary has 1 tokens");
        var encoder = recipe.encoder(Map.of(), Optional.of(tokenizer), 260);
        assertThatThrownBy(() -> encoder.encode(sft("how", "the hill")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("rows.jsonl:3: the token ");
    }

    private void reload(TokenizerFolder files) {
        tokenizer.close();
        tokenizer = files.load();
    }

    private EncodedRow encode(DataRecipe recipe, Row row) {
        return encode(recipe, Map.of(), row);
    }

    private EncodedRow encode(DataRecipe recipe, Map<String, String> columns, Row row) {
        return recipe.encoder(columns, Optional.of(tokenizer), VOCABULARY).encode(row);
    }

    private String text(DataRecipe recipe, Row row) {
        return tokenizer.decode(onlySequence(encode(recipe, row)).ids());
    }

    private static TokenSequence onlySequence(EncodedRow row) {
        assertThat(row).isInstanceOf(EncodedRow.Kept.class);
        assertThat(((EncodedRow.Kept) row).sequences()).hasSize(1);
        return ((EncodedRow.Kept) row).sequences().get(0);
    }

    private static DataRecipe sft(int maxLength, Overlong overlong) {
        return Recipes.of(new SftFormat(), Optional.empty(), maxLength, overlong);
    }

    private static Row sft(String prompt, String response) {
        return row(Map.of("prompt", prompt, "response", response));
    }

    private static Row pair(String prompt, String chosen, String rejected) {
        return row(Map.of("prompt", prompt, "chosen", chosen, "rejected", rejected));
    }

    private static Row row(Map<String, String> values) {
        ObjectNode node = JsonMapper.shared().createObjectNode();
        values.forEach(node::put);
        return new Row("rows.jsonl:3", node);
    }

    private static int[] join(int[]... parts) {
        return Arrays.stream(parts).flatMapToInt(IntStream::of).toArray();
    }
}
