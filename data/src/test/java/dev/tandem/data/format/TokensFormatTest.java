package dev.tandem.data.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.data.encoding.DropReason;
import dev.tandem.data.encoding.EncodedRow;
import dev.tandem.data.encoding.Overlong;
import dev.tandem.data.encoding.RowEncoder;
import dev.tandem.data.encoding.RowWarning;
import dev.tandem.data.encoding.TokenRow;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.example.TokenSequence;
import dev.tandem.data.rows.Row;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class TokensFormatTest {

    @Test
    void trainsTheTokensAfterThePrompt() {
        assertThat(single(8, "{'input_ids': [5, 6, 7, 8], 'prompt_length': 2}"))
                .isEqualTo(kept(Set.of(), sequence(new int[] {5, 6, 7, 8}, false, false, true, true)));
    }

    @Test
    void aPairSharesItsPrompt() {
        assertThat(pair(8, "{'prompt_ids': [5, 6], 'chosen_ids': [7], 'rejected_ids': [8, 9]}"))
                .isEqualTo(kept(
                        Set.of(),
                        sequence(new int[] {5, 6, 7}, false, false, true),
                        sequence(new int[] {5, 6, 8, 9}, false, false, true, true)));
    }

    @Test
    void anEmptyPromptLeavesTheFirstTokenUntrained() {
        assertThat(single(8, "{'input_ids': [5, 6], 'prompt_length': 0}"))
                .isEqualTo(kept(Set.of(RowWarning.EMPTY_PROMPT), sequence(new int[] {5, 6}, false, true)));
    }

    @Test
    void whatDoesNotFitIsCutOrDroppedAndSaysWhy() {
        assertThat(single(3, "{'input_ids': [5, 6, 7, 8], 'prompt_length': 2}"))
                .isEqualTo(kept(Set.of(RowWarning.RESPONSE_CUT), sequence(new int[] {5, 6, 7}, false, false, true)));
        assertThat(single(2, "{'input_ids': [5, 6, 7, 8], 'prompt_length': 2}"))
                .isEqualTo(new EncodedRow.Dropped(DropReason.PROMPT_TOO_LONG));
        assertThat(encoder(RowShape.RESPONSE, Map.of(), 3, Overlong.DROP)
                        .encode(row("{'input_ids': [5, 6, 7, 8], 'prompt_length': 2}")))
                .isEqualTo(new EncodedRow.Dropped(DropReason.RESPONSE_TOO_LONG));
    }

    @Test
    void rowsWithoutATrainedTokenAreDropped() {
        assertThat(single(8, "{'input_ids': [5, 6], 'prompt_length': 2}"))
                .isEqualTo(new EncodedRow.Dropped(DropReason.NO_TRAINED_TOKEN));
        assertThat(pair(8, "{'prompt_ids': [5], 'chosen_ids': [], 'rejected_ids': [8]}"))
                .isEqualTo(new EncodedRow.Dropped(DropReason.NO_TRAINED_TOKEN));
    }

    @Test
    void notesPairsWithoutAPreference() {
        assertThat(pair(8, "{'prompt_ids': [5], 'chosen_ids': [7], 'rejected_ids': [7]}"))
                .isInstanceOfSatisfying(
                        EncodedRow.Kept.class, k -> assertThat(k.notes()).containsExactly(RowWarning.EQUAL_PAIR));
    }

    @Test
    void spansSayWhatIsTrainedAndAreCutWithTheIds() {
        assertThat(single(8, "{'input_ids': [5, 6, 7, 8], 'prompt_length': 1, 'trained': [[1, 2], [3, 4]]}"))
                .isEqualTo(kept(Set.of(), sequence(new int[] {5, 6, 7, 8}, false, true, false, true)));
        assertThat(single(3, "{'input_ids': [5, 6, 7, 8], 'prompt_length': 1, 'trained': [[1, 2], [3, 4]]}"))
                .isEqualTo(kept(Set.of(RowWarning.RESPONSE_CUT), sequence(new int[] {5, 6, 7}, false, true, false)));
        assertThat(single(3, "{'input_ids': [5, 6, 7, 8], 'prompt_length': 1, 'trained': [[3, 4]]}"))
                .isEqualTo(new EncodedRow.Dropped(DropReason.NO_TRAINED_TOKEN));
        assertThat(single(8, "{'input_ids': [5, 6], 'prompt_length': 1, 'trained': null}"))
                .isEqualTo(kept(Set.of(), sequence(new int[] {5, 6}, false, true)));
        for (var bad : List.of("[[3, 5]]", "[[2, 2]]", "[[2, 3], [1, 2]]", "[[1]]", "[1, 2]", "3", "[[1, 'a']]")) {
            assertThatThrownBy(
                            () -> single(8, "{'input_ids': [5, 6, 7, 8], 'prompt_length': 1, 'trained': " + bad + "}"))
                    .as(bad)
                    .isInstanceOf(UserException.class)
                    .hasMessageStartingWith(
                            "rows.jsonl:3: 'trained' must be a list of spans [from, to) of the 4 tokens");
        }
    }

    @Test
    void tokenRowsAreReadAsTheSequencesTheyWereMadeOf() {
        var random = new SplittableRandom(3);
        for (var round = 0; round < 500; round++) {
            var prompt = random.ints(random.nextInt(4), 0, 3).toArray();
            var one = random(random, prompt);
            var other = random(random, prompt);
            var single = new EncodedRow.Kept(List.of(one), Set.of());
            readBack(RowShape.RESPONSE, single);
            readBack(RowShape.LABELLED, single.withLabel(round % 2));
            readBack(RowShape.PAIR, new EncodedRow.Kept(List.of(one, other), Set.of()));
        }
    }

    private static void readBack(RowShape shape, EncodedRow.Kept row) {
        var values = JsonMapper.shared().<ObjectNode>valueToTree(columns(TokenRow.of(row)));
        assertThat(encoder(shape, Map.of(), 12, Overlong.DROP).encode(new Row("row", values)))
                .isInstanceOfSatisfying(EncodedRow.Kept.class, kept -> {
                    assertThat(kept.sequences()).isEqualTo(row.sequences());
                    assertThat(kept.label()).isEqualTo(row.label());
                });
    }

    /** A prompt, and ids of which some are trained. */
    private static TokenSequence random(SplittableRandom random, int[] prompt) {
        var ids = IntStream.concat(IntStream.of(prompt), random.ints(2 + random.nextInt(6), 0, 3))
                .toArray();
        var trained = new boolean[ids.length];
        var all = random.nextBoolean();
        for (var i = Math.max(1, prompt.length); i < ids.length; i++) {
            trained[i] = all || i == ids.length - 1 || random.nextBoolean();
        }
        return new TokenSequence(ids, trained);
    }

    private static Map<String, Object> columns(TokenRow row) {
        if (row instanceof TokenRow.Single one) {
            var columns = new HashMap<String, Object>(
                    Map.of("input_ids", one.inputIds(), "prompt_length", one.promptLength()));
            put(columns, "trained", one.trained());
            one.label().ifPresent(label -> columns.put("label", label));
            return columns;
        }
        var pair = (TokenRow.Pair) row;
        var columns = new HashMap<String, Object>(Map.of(
                "prompt_ids", pair.promptIds(), "chosen_ids", pair.chosenIds(), "rejected_ids", pair.rejectedIds()));
        put(columns, "chosen_trained", pair.chosenTrained());
        put(columns, "rejected_trained", pair.rejectedTrained());
        return columns;
    }

    private static void put(Map<String, Object> columns, String name, List<TokenRow.Span> spans) {
        if (!spans.isEmpty()) {
            columns.put(
                    name,
                    spans.stream()
                            .map(span -> new int[] {span.from(), span.to()})
                            .toList());
        }
    }

    @Test
    void columnsCanHaveOtherNames() {
        var encoder =
                encoder(RowShape.RESPONSE, Map.of("input_ids", "ids", "prompt_length", "n"), 8, Overlong.TRUNCATE);
        assertThat(encoder.encode(row("{'ids': [1, 2], 'n': 1}"))).isInstanceOf(EncodedRow.Kept.class);
    }

    @Test
    void labelledRowsNeedALabel() {
        var encoder = encoder(RowShape.LABELLED, Map.of(), 8, Overlong.TRUNCATE);
        assertThatThrownBy(() -> encoder.encode(row("{'input_ids': [5, 6], 'prompt_length': 1}")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("rows.jsonl:3: no column 'label'");
        assertThatThrownBy(() -> encoder.encode(row("{'input_ids': [5, 6], 'prompt_length': 1, 'label': 2}")))
                .hasMessageContaining("rows.jsonl:3: column 'label' holds the number 2; true or false");
        assertThat(encoder.encode(row("{'input_ids': [5], 'prompt_length': 1, 'label': true}")))
                .isEqualTo(new EncodedRow.Dropped(DropReason.NO_TRAINED_TOKEN));
    }

    @Test
    void refusesColumnsThatItDoesNotHave() {
        assertThatThrownBy(() -> encoder(RowShape.RESPONSE, Map.of("ids", "input_ids"), 8, Overlong.TRUNCATE))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(
                        "format tokens has no column 'ids'; it has input_ids, prompt_length, trained. Write its name");
        assertThatThrownBy(() -> encoder(RowShape.PAIR, Map.of("input_ids", "ids"), 8, Overlong.TRUNCATE))
                .hasMessageContaining("it has prompt_ids, chosen_ids, rejected_ids, chosen_trained, rejected_trained");
    }

    @Test
    void refusesWhatIsNoTokenRow() {
        for (var bad : List.of(
                "{'input_ids': [5, 10], 'prompt_length': 1}",
                "{'input_ids': [5, -1], 'prompt_length': 1}",
                "{'input_ids': [5, 1.5], 'prompt_length': 1}",
                "{'input_ids': [5, 99999999999], 'prompt_length': 1}",
                "{'input_ids': [5, 'a'], 'prompt_length': 1}",
                "{'input_ids': 5, 'prompt_length': 1}",
                "{'input_ids': [5, 6], 'prompt_length': 3}",
                "{'input_ids': [5, 6], 'prompt_length': -1}",
                "{'input_ids': [5, 6]}")) {
            assertThatThrownBy(() -> single(8, bad))
                    .as(bad)
                    .isInstanceOf(UserException.class)
                    .hasMessageStartingWith("rows.jsonl:3: ");
        }
        assertThatThrownBy(() -> single(8, "{'text': 'a'}"))
                .hasMessageContaining("no column 'input_ids'")
                .hasMessageContaining("text");
    }

    private static RowEncoder encoder(RowShape shape, Map<String, String> columns, int maxLength, Overlong overlong) {
        return RowFormats.encoder(
                new TokensFormat(),
                shape,
                columns,
                new EncodingContext(Optional.empty(), 10, Optional.empty(), maxLength, overlong));
    }

    private static EncodedRow single(int maxLength, String json) {
        return encoder(RowShape.RESPONSE, Map.of(), maxLength, Overlong.TRUNCATE)
                .encode(row(json));
    }

    private static EncodedRow pair(int maxLength, String json) {
        return encoder(RowShape.PAIR, Map.of(), maxLength, Overlong.TRUNCATE).encode(row(json));
    }

    private static Row row(String json) {
        return new Row("rows.jsonl:3", (ObjectNode) JsonMapper.shared().readTree(json.replace('\'', '"')));
    }

    private static EncodedRow.Kept kept(Set<RowWarning> notes, TokenSequence... sequences) {
        return new EncodedRow.Kept(List.of(sequences), notes);
    }

    private static TokenSequence sequence(int[] ids, boolean... trained) {
        return new TokenSequence(ids, trained);
    }
}
