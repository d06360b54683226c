package dev.tandem.data.format;

import static dev.tandem.data.tokenizer.TokenizerFolder.BOS;
import static dev.tandem.data.tokenizer.TokenizerFolder.EOS;
import static dev.tandem.data.tokenizer.TokenizerFolder.TURN_END;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.data.conversation.ConversationRenderer;
import dev.tandem.data.conversation.Renderers;
import dev.tandem.data.encoding.DropReason;
import dev.tandem.data.encoding.EncodedRow;
import dev.tandem.data.encoding.Overlong;
import dev.tandem.data.encoding.RandomTexts;
import dev.tandem.data.encoding.RowWarning;
import dev.tandem.data.example.TokenSequence;
import dev.tandem.data.rows.Row;
import dev.tandem.data.tokenizer.TextTokenizer;
import dev.tandem.data.tokenizer.TokenizerFolder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class ConversationRowsTest {
    private final TextTokenizer tokenizer;

    ConversationRowsTest(@TempDir Path folder) {
        var files = TokenizerFolder.withBos(folder);
        files.edit(
                "generation_config.json",
                json -> json.putArray("eos_token_id").add(1).add(3));
        this.tokenizer = files.load();
    }

    @AfterEach
    void close() {
        tokenizer.close();
    }

    @Test
    void everyTurnOfTheAssistantIsTrainedWithItsEnd() {
        var random = new SplittableRandom(21);
        for (var i = 0; i < 100; i++) {
            var first = RandomTexts.text(random);
            var second = RandomTexts.text(random);
            var row = conversation(
                    "system", "the sea", "user", "how", "assistant", first, "user", "why", "assistant", second);
            var sequence = only(encode(Renderers::chatMl, row));
            assertThat(tokenizer.decode(sequence.ids()))
                    .isEqualTo(BOS + "<|im_start|>system\nthe sea<|im_end|>\n<|im_start|>user\nhow<|im_end|>\n"
                            + "<|im_start|>assistant\n" + first + "<|im_end|>\n<|im_start|>user\nwhy<|im_end|>\n"
                            + "<|im_start|>assistant\n" + second + "<|im_end|>");
            assertThat(trainedText(sequence)).isEqualTo(first + TURN_END + second + TURN_END);
            var context = "<|im_start|>system\nthe sea<|im_end|>\n<|im_start|>user\nhow<|im_end|>\n"
                    + "<|im_start|>assistant\n";
            var seen = tokenizer.withBos(tokenizer.encode(context));
            assertThat(Arrays.copyOf(sequence.ids(), seen.length)).isEqualTo(seen);
            assertThat(sequence.trained()[seen.length]).isTrue();
        }
    }

    @Test
    void whatTheTemplateMarksIsTrainedAndItsEndOfTurnToo() {
        var row = conversation("user", "how", "assistant", "the hill", "user", "why", "assistant", "the sea");
        assertThat(encode(Renderers::marked, row)).isEqualTo(encode(Renderers::chatMl, row));
    }

    @Test
    void anAnswerTheTemplateRewritesIsContext() {
        var row = conversation(
                "user", "how", "assistant", "<think>a</think>b", "user", "why", "assistant", "<think>c</think>d");
        var sequence = only(encode(Renderers::forgetful, row));
        assertThat(tokenizer.decode(sequence.ids())).doesNotContain("<think>a");
        assertThat(trainedText(sequence)).isEqualTo("<think>c</think>d" + TURN_END);
    }

    @Test
    void aTurnBeginsWhereItPartsFromTheGenerationPrompt() {
        var thought = conversation("user", "how", "assistant", "<think>a</think>b");
        assertThat(trainedText(only(encode(Renderers::reasoning, thought)))).isEqualTo("a</think>b" + TURN_END);
        var plain = conversation("user", "how", "assistant", "b");
        assertThat(trainedText(only(encode(Renderers::reasoning, plain)))).isEqualTo("b" + TURN_END);
    }

    @Test
    void eosIsAppendedWhereTheTemplateEndsWithNoSpecialToken() {
        var row = conversation("user", "how", "assistant", "the hill", "user", "why", "assistant", "the sea");
        var sequence = only(encode(Renderers::bare, row));
        assertThat(trainedText(sequence)).isEqualTo(" the hill\n the sea\n" + EOS);
        assertThat(sequence.ids()).endsWith(1);
    }

    @Test
    void eosAfterTheWholeConversationIsNotPartOfATurn() {
        var row = conversation("user", "how", "assistant", "the hill", "user", "why", "assistant", "the sea");
        assertThat(encode(Renderers::closed, row)).isEqualTo(encode(Renderers::chatMl, row));
    }

    @Test
    void bosIsNotDoubled() {
        var row = conversation("user", "how", "assistant", "the hill");
        assertThat(encode(Renderers::withBos, row)).isEqualTo(encode(Renderers::chatMl, row));
    }

    @Test
    void whatFollowsTheLastAnswerIsLeftOut() {
        var row = conversation("user", "how", "assistant", "the hill");
        var longer = conversation("user", "how", "assistant", "the hill", "user", "why");
        assertThat(encode(Renderers::chatMl, longer)).isEqualTo(encode(Renderers::chatMl, row));
    }

    @Test
    void readsShareGptMessagesAndTools() {
        var row = new Row("rows.jsonl:3", JsonMapper.shared().createObjectNode());
        var messages = row.values().putArray("messages");
        messages.addObject().put("from", "human").put("value", "how");
        messages.addObject().put("from", "gpt").put("value", "the hill");
        assertThat(encode(Renderers::chatMl, row))
                .isEqualTo(encode(Renderers::chatMl, conversation("user", "how", "assistant", "the hill")));
        row.values().putArray("tools").addObject().put("name", "hammer");
        assertThat(tokenizer.decode(only(encode(Renderers::chatMl, row)).ids()))
                .contains("system\n[{\"name\":\"hammer\"}]");
    }

    @Test
    void dropsWhatHasNoAnswer() {
        assertThat(encode(Renderers::chatMl, conversation("user", "how")))
                .isEqualTo(new EncodedRow.Dropped(DropReason.NO_ASSISTANT_TURN));
        assertThat(encode(Renderers::chatMl, conversation()))
                .isEqualTo(new EncodedRow.Dropped(DropReason.NO_ASSISTANT_TURN));
        assertThat(encode(Renderers::chatMl, conversation("assistant", "hello", "user", "how")))
                .isEqualTo(new EncodedRow.Dropped(DropReason.NO_ASSISTANT_TURN));
        assertThat(encode(Renderers::chatMl, conversation("user", "how", "assistant", "")))
                .isEqualTo(new EncodedRow.Dropped(DropReason.NO_TRAINED_TOKEN));
        assertThat(encode(Renderers::chatMl, conversation("developer", "how", "assistant", "a")))
                .isEqualTo(new EncodedRow.Dropped(DropReason.TEMPLATE_REFUSED));
        assertThat(encode(Renderers::chatMl, conversation("user", "how\ud83d", "assistant", "a")))
                .isEqualTo(new EncodedRow.Dropped(DropReason.NOT_UNICODE));
    }

    @Test
    void cutsOrDropsWhatIsTooLong() {
        var row = conversation("user", "how", "assistant", "the hill", "user", "why", "assistant", "the sea");
        var whole = only(encode(Renderers::chatMl, row));
        var firstTrained = IntStream.range(0, whole.length())
                .filter(i -> whole.trained()[i])
                .findFirst()
                .getAsInt();
        for (var max = 1; max < whole.length(); max++) {
            var cut = encode(Renderers::chatMl, row, max, Overlong.TRUNCATE);
            if (max <= firstTrained) {
                assertThat(cut).isEqualTo(new EncodedRow.Dropped(DropReason.PROMPT_TOO_LONG));
            } else {
                assertThat(((EncodedRow.Kept) cut).notes()).containsExactly(RowWarning.RESPONSE_CUT);
                var kept = only(cut);
                assertThat(kept.length()).isLessThanOrEqualTo(max);
                assertThat(kept.trained()[kept.length() - 1]).isTrue();
                assertThat(kept.ids()).isEqualTo(Arrays.copyOf(whole.ids(), kept.length()));
                assertThat(encode(Renderers::chatMl, row, max, Overlong.DROP))
                        .isEqualTo(new EncodedRow.Dropped(DropReason.RESPONSE_TOO_LONG));
            }
        }
    }

    @Test
    void pairsOfMessagesTrainTheAnswersOnly() {
        var row = new Row("rows.jsonl:3", JsonMapper.shared().createObjectNode());
        addMessages(row, "prompt", "user", "how", "assistant", "a", "user", "why");
        addMessages(row, "chosen", "assistant", "the sea");
        addMessages(row, "rejected", "assistant", "no");
        var explicit = (EncodedRow.Kept) encode(new PreferenceFormat(), Renderers::chatMl, row, 512, Overlong.TRUNCATE);
        assertThat(encode(new PreferenceFormat(), Renderers::marked, row, 512, Overlong.TRUNCATE))
                .isEqualTo(explicit);
        assertThat(explicit.sequences().stream().map(this::trainedText))
                .containsExactly("the sea" + TURN_END, "no" + TURN_END);

        var dialogues = new Row("rows.jsonl:3", JsonMapper.shared().createObjectNode());
        addMessages(dialogues, "chosen", "user", "how", "assistant", "a", "user", "why", "assistant", "the sea");
        addMessages(dialogues, "rejected", "user", "how", "assistant", "a", "user", "why", "assistant", "no");
        assertThat(encode(new ImplicitPreferenceFormat(), Renderers::chatMl, dialogues, 512, Overlong.TRUNCATE))
                .isEqualTo(explicit);

        addMessages(dialogues, "rejected", "user", "who", "assistant", "a", "user", "why", "assistant", "no");
        assertThat(encode(new ImplicitPreferenceFormat(), Renderers::chatMl, dialogues, 512, Overlong.TRUNCATE))
                .isEqualTo(new EncodedRow.Dropped(DropReason.NO_SHARED_PROMPT));
    }

    @Test
    void namesAColumnThatHoldsNoMessages() {
        var row = conversation();
        row.values().put("messages", "hello");
        assertThatThrownBy(() -> encode(Renderers::chatMl, row))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("rows.jsonl:3: column 'messages'")
                .hasMessageContaining("a list of messages");
        row.values().putArray("messages").addObject().put("content", "hello");
        assertThatThrownBy(() -> encode(Renderers::chatMl, row))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("'role' and 'content'");
        var unknown = conversation("robot", "how", "assistant", "a");
        assertThatThrownBy(() -> encode(Renderers::chatMl, unknown))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("rows.jsonl:3: column 'messages': a message has the role 'robot'");
    }

    private EncodedRow encode(ConversationRenderer renderer, Row row) {
        return encode(renderer, row, 512, Overlong.TRUNCATE);
    }

    private EncodedRow encode(ConversationRenderer renderer, Row row, int maxLength, Overlong overlong) {
        return encode(new ConversationFormat(), renderer, row, maxLength, overlong);
    }

    private EncodedRow encode(
            RowFormat format, ConversationRenderer renderer, Row row, int maxLength, Overlong overlong) {
        var recipe = Recipes.of(format, Optional.empty(), maxLength, overlong);
        return Recipes.encoder(recipe, tokenizer, 400, renderer).encode(row);
    }

    private String trainedText(TokenSequence sequence) {
        return tokenizer.decode(IntStream.range(0, sequence.length())
                .filter(i -> sequence.trained()[i])
                .map(i -> sequence.ids()[i])
                .toArray());
    }

    private static TokenSequence only(EncodedRow row) {
        assertThat(row).isInstanceOf(EncodedRow.Kept.class);
        assertThat(((EncodedRow.Kept) row).sequences()).hasSize(1);
        return ((EncodedRow.Kept) row).sequences().get(0);
    }

    private static Row conversation(String... rolesAndContents) {
        ObjectNode node = JsonMapper.shared().createObjectNode();
        var row = new Row("rows.jsonl:3", node);
        addMessages(row, "messages", rolesAndContents);
        return row;
    }

    private static void addMessages(Row row, String column, String... rolesAndContents) {
        var messages = row.values().putArray(column);
        var texts = List.of(rolesAndContents);
        for (var i = 0; i < texts.size(); i += 2) {
            messages.addObject().put("role", texts.get(i)).put("content", texts.get(i + 1));
        }
    }
}
