package dev.tandem.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.data.rows.Row;
import dev.tandem.recipe.ObjectiveRecipe.Overlong;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class TokensEncoderTest {

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
                .isEqualTo(kept(Set.of(RowNote.EMPTY_PROMPT), sequence(new int[] {5, 6}, false, true)));
    }

    @Test
    void whatDoesNotFitIsCutOrDroppedAndSaysWhy() {
        assertThat(single(3, "{'input_ids': [5, 6, 7, 8], 'prompt_length': 2}"))
                .isEqualTo(kept(Set.of(RowNote.RESPONSE_CUT), sequence(new int[] {5, 6, 7}, false, false, true)));
        assertThat(single(2, "{'input_ids': [5, 6, 7, 8], 'prompt_length': 2}"))
                .isEqualTo(new EncodedRow.Dropped(DropReason.PROMPT_TOO_LONG));
        assertThat(new TokensEncoder(false, Map.of(), 10, 3, Overlong.DROP)
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
                        EncodedRow.Kept.class, k -> assertThat(k.notes()).containsExactly(RowNote.EQUAL_PAIR));
    }

    @Test
    void columnsCanHaveOtherNames() {
        var encoder = new TokensEncoder(false, Map.of("input_ids", "ids", "prompt_length", "n"), 10, 8, Overlong.CUT);
        assertThat(encoder.encode(row("{'ids': [1, 2], 'n': 1}"))).isInstanceOf(EncodedRow.Kept.class);
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

    private static EncodedRow single(int maxLength, String json) {
        return new TokensEncoder(false, Map.of(), 10, maxLength, Overlong.CUT).encode(row(json));
    }

    private static EncodedRow pair(int maxLength, String json) {
        return new TokensEncoder(true, Map.of(), 10, maxLength, Overlong.CUT).encode(row(json));
    }

    private static Row row(String json) {
        return new Row("rows.jsonl:3", (ObjectNode) JsonMapper.shared().readTree(json.replace('\'', '"')));
    }

    private static EncodedRow.Kept kept(Set<RowNote> notes, TokenSequence... sequences) {
        return new EncodedRow.Kept(List.of(sequences), notes);
    }

    private static TokenSequence sequence(int[] ids, boolean... trained) {
        return new TokenSequence(ids, trained);
    }
}
