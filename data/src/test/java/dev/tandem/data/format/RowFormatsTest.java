package dev.tandem.data.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.data.encoding.Overlong;
import dev.tandem.data.encoding.RowColumns;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.rows.Row;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RowFormatsTest {

    static Stream<RowFormat> formats() {
        return RowFormats.ALL.stream();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "input_ids prompt_length | tokens",
                "prompt_ids chosen_ids rejected_ids | tokens",
                "messages | conversation",
                "messages tools prompt chosen rejected | preference",
                "prompt chosen rejected | preference",
                "chosen rejected | implicit-preference",
                "instruction input output | alpaca",
                "instruction output | alpaca",
                "prompt response label | labelled",
                "prompt completion label | labelled",
                "prompt chosen rejected label | preference",
                "prompt response | sft",
                "prompt completion | sft",
                "prompt |",
                "instruction |",
                "text |",
            })
    void guessesByColumns(String line) {
        var parts = line.split(" *\\| *", -1);
        assertThat(RowFormats.guess(List.of(parts[0].split(" ")), Map.of()).map(RowFormat::name))
                .isEqualTo(Optional.of(parts[1]).filter(name -> !name.isEmpty()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "prompt | sft",
                "prompt response | sft",
                "prompt response label | sft",
                "prompt chosen rejected | sft",
                "instruction | alpaca",
                "instruction input prompt | alpaca",
                "messages instruction | conversation",
                "input_ids |",
                "text |",
            })
    void guessesPromptsWithAnswersOrWithout(String line) {
        var parts = line.split(" *\\| *", -1);
        assertThat(RowFormats.guessPrompts(List.of(parts[0].split(" ")), Map.of())
                        .map(RowFormat::name))
                .isEqualTo(Optional.of(parts[1]).filter(name -> !name.isEmpty()));
    }

    @Test
    void mappedColumnsAreGuessedByTheirNamesInTheFormat() {
        var mapped = Map.of("prompt", "question");
        assertThat(RowFormats.guess(List.of("question", "response"), mapped)).contains(new SftFormat());
        assertThat(RowFormats.guessPrompts(List.of("question", "messages"), mapped))
                .contains(new SftFormat());
        assertThat(RowFormats.guessPrompts(List.of("messages"), mapped)).contains(new ConversationFormat());
        assertThat(RowFormats.shape(new TokensFormat(), List.of("better"), Map.of("chosen_ids", "better")))
                .isEqualTo(RowShape.PAIR);
        assertThat(RowFormats.shape(new TokensFormat(), List.of("input_ids"), Map.of()))
                .isEqualTo(RowShape.RESPONSE);
    }

    @Test
    void keysOfCachesAreWhatTheyHaveAlwaysBeen() {
        assertThat(RowFormats.ALL.stream().map(RowFormat::cacheKey))
                .contains("ALPACA_2", "SFT_2", "PREFERENCE_2", "CONVERSATION_2", "IMPLICIT_PREFERENCE_2", "TOKENS");
    }

    @ParameterizedTest
    @MethodSource("formats")
    void eachSaysTheSameOfItselfInAllItsAnswers(RowFormat format) {
        assertThat(RowFormats.named(format.name())).contains(format);
        assertThat(format.name()).matches("[a-z][a-z-]*");
        assertThat(format.shapes()).isNotEmpty().doesNotHaveDuplicates();
        for (var shape : format.shapes()) {
            var columns = format.columns(shape);
            assertThat(columns).doesNotHaveDuplicates().containsAll(format.required(shape));
            assertThat(columns).containsAll(format.otherNames().keySet());
            assertThat(format.matches(format.required(shape)))
                    .as("rows that are complete are recognised")
                    .isTrue();
        }
        assertThat(format.shape(format.required(format.shapes().get(0))))
                .isEqualTo(format.shapes().get(0));
        format.prompt().ifPresent(prompt -> {
            assertThat(format.columns(RowShape.RESPONSE)).containsAll(prompt.columns());
            assertThat(RowFormats.guessPrompts(new HashSet<>(prompt.columns()), Map.of()))
                    .contains(format);
        });
    }

    @ParameterizedTest
    @MethodSource("formats")
    void aColumnAShapeOrATemplateThatItDoesNotHaveIsRefused(RowFormat format) {
        var shape = format.shapes().get(0);
        var bare = new EncodingContext(Optional.empty(), 10, Optional.empty(), 8, Overlong.TRUNCATE);
        assertThatThrownBy(() -> RowFormats.encoder(format, shape, Map.of("colour", "x"), bare))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("format " + format.name() + " has no column 'colour'; it has "
                        + String.join(", ", format.columns(shape)));
        assertThatThrownBy(() -> RowFormats.encoder(format, RowShape.PROMPT, Map.of(), bare))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("rows of format " + format.name() + " are ")
                .hasMessageContaining("not prompts");
        if (!format.takesTemplate()) {
            var template = new EncodingContext(Optional.empty(), 10, Optional.of("{}"), 8, Overlong.TRUNCATE);
            assertThatThrownBy(() -> RowFormats.encoder(format, shape, Map.of(), template))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("format " + format.name() + " takes no template");
        }
    }

    @Test
    void textsAreThoseOfTheColumns() {
        assertThat(texts(new AlpacaFormat(), "{'instruction': 'a', 'input': 'b', 'output': 'c'}"))
                .contains(new RowTexts("a\nb", List.of("c")));
        assertThat(texts(new SftFormat(), "{'prompt': 'a', 'response': 5}")).contains(new RowTexts("a", List.of("5")));
        assertThat(texts(new SftFormat(), "{'prompt': 'a'}")).isEmpty();
        assertThat(texts(new PreferenceFormat(), "{'prompt': 'a', 'chosen': 'b', 'rejected': 'c'}"))
                .contains(new RowTexts("a", List.of("b", "c")));
        var dialogues =
                "{'chosen': '\\n\\nHuman: a\\n\\nAssistant: b', 'rejected': '\\n\\nHuman: a\\n\\nAssistant: c'}";
        assertThat(texts(new ImplicitPreferenceFormat(), dialogues))
                .contains(new RowTexts("\n\nHuman: a\n\nAssistant:", List.of(" b", " c")));
        assertThat(texts(
                        new ConversationFormat(),
                        "{'messages': [{'from': 'human', 'value': 'a'}, {'from': 'gpt', 'value': 'b'}]}"))
                .contains(new RowTexts("User: a", List.of("Assistant: b")));
        assertThat(texts(new LabelledFormat(), "{'prompt': 'a', 'completion': 'b', 'label': 1}"))
                .contains(new RowTexts("a", List.of("b")));
        assertThat(texts(new TokensFormat(), "{'input_ids': [1, 2, 3], 'prompt_length': 1}"))
                .contains(new RowTexts("1", List.of("2 3")));
    }

    private static Optional<RowTexts> texts(RowFormat format, String json) {
        var row = Row.parse("row", json.replace('\'', '"'));
        return format.texts(format.shapes().get(0), row, new RowColumns(Map.of(), format.otherNames()));
    }
}
