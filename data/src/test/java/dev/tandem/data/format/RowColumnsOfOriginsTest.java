package dev.tandem.data.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.data.encoding.EncodedRow;
import dev.tandem.data.encoding.Overlong;
import dev.tandem.data.encoding.RowEncoder;
import dev.tandem.data.encoding.RowWarning;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.example.TokenSequence;
import dev.tandem.data.rows.Row;
import dev.tandem.data.tokenizer.TextTokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What columns and marks mean to the tools that define them is trained, or refused by name. */
class RowColumnsOfOriginsTest {
    private static final String ASKED = "<|im_start|>user\nName a colour.<|im_end|>\n<|im_start|>assistant\n";

    private final TextTokenizer tokenizer = TextTokenizer.load(Path.of("..", "testdata", "cases", "chatml"));

    @AfterEach
    void close() {
        tokenizer.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "conversation | {'messages': M, 'tools': 'weather'} | column 'tools' holds a string; a list of tools",
                "conversation | {'messages': M, 'tools': [{'name': 'weather'}]} | chat template does not write them",
                "conversation | {'messages': M, 'tools': {'name': 'weather'}} | column 'tools' holds an object",
                "conversation | {'messages': M, 'images': ['a.png']} | column 'images' holds no text",
                "conversation | {'messages': M, 'kto_tag': false} | column 'kto_tag' says whether the answer is good",
                "conversation | {'messages': M, 'system': ['a']} | column 'system' holds a list; a text was expected",
                "conversation | {'messages': M, 'chat_template_kwargs': {'messages': []}} | 'messages' is not a variable",
                "conversation | {'messages': [{'role': 'user', 'content': 'a', 'train': true}]} | role user has train: true",
                "conversation | {'messages': [{'role': 'assistant', 'content': 'a', 'weight': 0.5}]} | weight: 0.5",
                "conversation | {'messages': [{'role': 'assistant', 'content': 'a', 'train_detail': []}]} | 'train_detail'",
                "conversation | {'messages': [{'role': 'user', 'content': [{'type': 'image_url'}]}]} | type 'image_url'",
                "conversation | {'messages': [{'role': 'user', 'content': 5}]} | the number 5",
                "conversation | {'messages': [{'from': 'function_call', 'value': 'weather'}]} | calls of tools",
                "conversation | {'messages': [{'from': 'wizard', 'value': 'a'}]} | the role 'wizard'",
                "alpaca | {'instruction': 'a', 'output': 'b', 'history': [['c', 'd']]} | column 'history' holds earlier turns",
                "alpaca | {'instruction': 'a', 'output': 'b', 'kto_tag': true} | column 'kto_tag'",
                "sft | {'prompt': 'a', 'response': 'b', 'label': 'False'} | column 'label' says whether the answer is good",
                "sft | {'prompt': 'a', 'response': 'b', 'tools': [{'name': 'c'}]} | column 'tools': a chat template reads",
                "preference | {'prompt': 'a', 'chosen': 'b', 'rejected': 'c', 'history': [['d', 'e']]} | column 'history'",
            })
    void whatCannotBeHonouredIsRefusedByName(String format, String json, String message) {
        assertThatThrownBy(() -> encode(format, json))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(message);
    }

    @Test
    void callsThatTheTemplateDoesNotWriteAreRefused() {
        var call = "{'messages': [{'from': 'human', 'value': 'a'}, {'from': 'function_call', 'value': "
                + "'{\\\"name\\\": \\\"weather\\\", \\\"arguments\\\": {}}'}]}";
        assertThatThrownBy(() -> encode("conversation", call))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(
                        "calls the tool 'weather', but the model's chat template does not write tool_calls");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'messages': M, 'tools': '[]', 'history': [], 'label': 'colours', 'images': []}",
                "{'messages': M, 'chat_template_kwargs': '{}', 'system': ''}",
                "{'conversations': [{'human': 'Name a colour.', 'assistant': 'Blue.'}]}",
                "{'messages': [{'role': 'USER', 'value': 'Name a colour.'}, {'from': 'Model', 'content': ['Blue.']}]}",
            })
    void rowsThatSayTheSameAreTheSame(String json) {
        assertThat(encode("conversation", json)).isEqualTo(encode("conversation", "{'messages': M}"));
    }

    @Test
    void aSystemTextComesFirst() {
        var system = "<|im_start|>system\nBe brief.<|im_end|>\n";
        for (var name : List.of("system", "system_prompt")) {
            assertThat(text(encode("conversation", "{'messages': M, '" + name + "': 'Be brief.'}"), 0))
                    .isEqualTo(system + ASKED + "Blue.<|im_end|>");
        }
        var own = "{'system': 'Be long.', 'messages': [{'role': 'system', 'content': 'Be brief.'}, "
                + "{'role': 'user', 'content': 'Name a colour.'}, {'role': 'assistant', 'content': 'Blue.'}]}";
        assertThat(text(encode("conversation", own), 0)).isEqualTo(system + ASKED + "Blue.<|im_end|>");
        var messages = "{'system': 'Be brief.', 'prompt': P, 'chosen': 'Blue.', 'rejected': 'Seven.'}";
        assertThat(text(encode("preference", messages), 1)).isEqualTo(system + ASKED + "Seven.<|im_end|>");
        assertThat(trained(encode("preference", messages), 1)).isEqualTo("Seven.<|im_end|>");
        assertThat(text(encode("alpaca", "{'instruction': 'a', 'output': 'b', 'system': 'Be brief.'}"), 0))
                .startsWith("Be brief.\n\nBelow is an instruction");
        var texts = "{'prompt': 'a', 'chosen': 'b', 'rejected': 'c', 'system': 'Be brief.'}";
        assertThat(text(encode("preference", texts), 1)).isEqualTo("Be brief.\n\nac<|im_end|>");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "preference | {'conversations': P, 'chosen': 'Blue.', 'rejected': 'Seven.'}",
                "preference | {'prompt': 'Name a colour.', 'chosen': {'role': 'assistant', 'content': 'Blue.'}, 'rejected': "
                        + "{'role': 'assistant', 'content': 'Seven.'}}",
                "preference | {'prompt': P, 'chosen': M, 'rejected': R}",
                "preference | {'messages': M, 'chosen': M, 'rejected': R}",
                "preference | {'prompt': 'colour?', 'messages': M, 'chosen': M, 'rejected': R}",
                "preference | {'input': {'messages': P}, 'preferred_output': 'Blue.', 'non_preferred_output': 'Seven.'}",
                "implicit-preference | {'chosen': M, 'rejected': R}",
            })
    void pairsOfAllShapesAreTheSame(String format, String json) {
        assertThat(RowFormats.guess(row(json).values().propertyNames(), Map.of())
                        .map(RowFormat::name))
                .contains(format);
        var pair = encode(format, json);
        assertThat(text(pair, 0)).isEqualTo(ASKED + "Blue.<|im_end|>");
        assertThat(trained(pair, 0)).isEqualTo("Blue.<|im_end|>");
        assertThat(text(pair, 1)).isEqualTo(ASKED + "Seven.<|im_end|>");
        assertThat(trained(pair, 1)).isEqualTo("Seven.<|im_end|>");
    }

    @Test
    void anInstructionAndItsInputAreOnePrompt() {
        var json = "{'instruction': 'Add.', 'input': '1 2', 'chosen': ' 3', 'rejected': ' 4'}";
        assertThat(RowFormats.guess(row(json).values().propertyNames(), Map.of()))
                .contains(new PreferenceFormat());
        assertThat(text(encode("preference", json), 0)).isEqualTo("Add.\n1 2 3<|im_end|>");
    }

    @Test
    void theLabelOfAConversationIsAboutItsLastAnswer() {
        var json = "{'conversations': [{'from': 'human', 'value': 'a'}, {'from': 'gpt', 'value': 'b'}, "
                + "{'from': 'human', 'value': 'c'}, {'from': 'gpt', 'value': 'd'}], 'kto_tag': false}";
        assertThat(RowFormats.guess(row(json).values().propertyNames(), Map.of()))
                .contains(new LabelledFormat());
        var kept = encode("labelled", json);
        assertThat(trained(kept, 0)).isEqualTo("d<|im_end|>");
        assertThat(kept.label()).hasValue(0);
    }

    @Test
    void marksOnTurnsDecideWhatIsTrained() {
        for (var mark :
                List.of("'weight': 0", "'train': false", "'loss': 0", "'training': 'false'", "'masked': true")) {
            var json = "{'messages': [{'role': 'user', 'content': 'a'}, {'role': 'assistant', 'content': 'b', " + mark
                    + "}, {'role': 'user', 'content': 'c'}, {'role': 'assistant', 'content': 'd'}]}";
            assertThat(trained(encode("conversation", json), 0)).as(mark).isEqualTo("d<|im_end|>");
        }
    }

    @Test
    void aPromptThatIsTooLongLosesItsBeginning() {
        var row = row("{'prompt': 'Hello there. How are you today? Name a colour.', 'chosen': ' Blue.', 'rejected': "
                + "' Seven.'}");
        var whole = (EncodedRow.Kept)
                encoder("preference", 512, Overlong.TRUNCATE_PROMPT).encode(row);
        var excess = 5;
        var longest =
                whole.sequences().stream().mapToInt(TokenSequence::length).max().orElseThrow();
        var cut = (EncodedRow.Kept) encoder("preference", longest - excess, Overlong.TRUNCATE_PROMPT)
                .encode(row);
        assertThat(cut.notes()).containsExactly(RowWarning.PROMPT_CUT);
        for (var i = 0; i < 2; i++) {
            assertThat(trained(cut, i)).isEqualTo(trained(whole, i));
            assertThat(text(whole, i)).endsWith(text(cut, i));
            assertThat(cut.sequences().get(i).length())
                    .isEqualTo(whole.sequences().get(i).length() - excess);
        }
        assertThat(encoder("preference", 3, Overlong.TRUNCATE_PROMPT).encode(row))
                .isInstanceOf(EncodedRow.Dropped.class);
    }

    @Test
    void otherColumnsAreNamed() {
        assertThat(RowFormats.unread(
                        new SftFormat(),
                        RowShape.RESPONSE,
                        List.of("question", "response", "id", "score_chosen", "colour"),
                        Map.of("prompt", "question")))
                .containsExactly("colour");
    }

    private EncodedRow.Kept encode(String format, String json) {
        var encoded = encoder(format, 512, Overlong.TRUNCATE).encode(row(json));
        assertThat(encoded).isInstanceOf(EncodedRow.Kept.class);
        return (EncodedRow.Kept) encoded;
    }

    private RowEncoder encoder(String name, int maxLength, Overlong overlong) {
        var format = RowFormats.named(name).orElseThrow();
        return Recipes.of(format, Optional.empty(), maxLength, overlong).encoder(Map.of(), Optional.of(tokenizer), 400);
    }

    /** A row of JSON with single quotes; M is a question and its answer, R another answer, and P the question alone. */
    private static Row row(String json) {
        var user = "{'role': 'user', 'content': 'Name a colour.'}";
        return Row.parse(
                "row",
                json.replaceAll("\\bM\\b", "[" + user + ", {'role': 'assistant', 'content': 'Blue.'}]")
                        .replaceAll("\\bR\\b", "[" + user + ", {'role': 'assistant', 'content': 'Seven.'}]")
                        .replaceAll("\\bP\\b", "[" + user + "]")
                        .replace('\'', '"'));
    }

    private String text(EncodedRow.Kept row, int sequence) {
        return tokenizer.decode(row.sequences().get(sequence).ids());
    }

    private String trained(EncodedRow.Kept row, int sequence) {
        var s = row.sequences().get(sequence);
        return tokenizer.decode(IntStream.range(0, s.length())
                .filter(i -> s.trained()[i])
                .map(i -> s.ids()[i])
                .toArray());
    }
}
