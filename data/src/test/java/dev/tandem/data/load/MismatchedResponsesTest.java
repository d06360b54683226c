package dev.tandem.data.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.data.Batching;
import dev.tandem.data.encoding.Overlong;
import dev.tandem.data.example.Example;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.example.TokenSequence;
import dev.tandem.data.format.DataRecipe;
import dev.tandem.data.format.Mismatched;
import dev.tandem.data.format.RowFormats;
import dev.tandem.data.format.TokensFormat;
import dev.tandem.yaml.Section;
import dev.tandem.yaml.YamlReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Every labelled example is also scored with the response of another one. */
class MismatchedResponsesTest {

    @Test
    void responsesAreRotatedWithinBatches() {
        assertThat(partners(7, recipe(Mismatched.BATCH, 7, 99))).containsExactly(6, 0, 1, 2, 3, 4, 5);
        assertThat(partners(6, recipe(Mismatched.BATCH, 2, 99))).containsExactly(1, 0, 3, 2, 5, 4);
        assertThat(partners(5, recipe(Mismatched.BATCH, 3, 99))).containsExactly(2, 0, 1, 4, 3);
        // a last part of one row is joined to the one before it
        assertThat(partners(7, recipe(Mismatched.BATCH, 3, 99))).containsExactly(2, 0, 1, 6, 3, 4, 5);
    }

    @Test
    void orAmongAllRowsInASeededOrder() {
        for (var count = 2; count < 40; count++) {
            var partners = partners(count, recipe(Mismatched.DATASET, 3, 99));
            assertThat(partners)
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, count).boxed().toList());
            assertThat(IntStream.range(0, count).filter(i -> partners.get(i) == i))
                    .isEmpty();
            assertThat(partners(count, recipe(Mismatched.DATASET, 3, 99))).isEqualTo(partners);
        }
    }

    @Test
    void theSecondSequenceIsThePromptWithTheOthersResponseCutToFit() {
        var random = new SplittableRandom(3);
        for (var round = 0; round < 100; round++) {
            var maxLength = 8 + random.nextInt(20);
            var examples = examples(2, maxLength, random);
            var both = new MismatchedResponses("x", recipe(Mismatched.BATCH, 2, maxLength), 1)
                    .complete(examples, List.of());
            for (var i = 0; i < 2; i++) {
                var own = examples.get(i).sequences().get(0);
                var other = examples.get(1 - i).sequences().get(0);
                var prompt = own.length() - own.trainedTokens();
                var response = Arrays.copyOfRange(other.ids(), other.length() - other.trainedTokens(), other.length());
                var ids = IntStream.concat(Arrays.stream(own.ids(), 0, prompt), Arrays.stream(response))
                        .limit(maxLength)
                        .toArray();
                var example = both.get(i);
                assertThat(example.sequences()).containsExactly(own, TokenSequence.of(ids, prompt));
                assertThat(example.label()).isEqualTo(examples.get(i).label());
                assertThat(example.index()).isEqualTo(i);
                assertThat(example.tokens()).isEqualTo(own.length() + ids.length);
                assertThat(example.trainedTokens()).isEqualTo(own.trainedTokens() + ids.length - prompt);
                assertThat(example.only(1).sequences()).containsExactly(TokenSequence.of(ids, prompt));
                assertThat(example.without(1).sequences()).containsExactly(own);
                assertThat(example.without(1).tokens()).isEqualTo(own.length());
            }
        }
    }

    @Test
    void aSingleExampleTakesTheResponseOfAnotherOne() {
        var random = new SplittableRandom(4);
        var some = examples(2, 20, random);
        var responses = new MismatchedResponses("x", recipe(Mismatched.DATASET, 2, 20), 1);
        var alone = responses.complete(some.subList(1, 2), some).get(0);
        assertThat(alone.sequences().get(1).trainedTokens())
                .isEqualTo(Math.min(
                        some.get(0).trainedTokens(),
                        20 - some.get(1).tokens() + some.get(1).trainedTokens()));
        assertThatThrownBy(() -> responses.complete(some.subList(1, 2), List.of()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("one labelled row");
    }

    @Test
    void recipesSayWhere() {
        assertThat(parse("batch-size: 4").mismatched()).contains(Mismatched.BATCH);
        assertThat(parse("batch-size: 4, mismatched: dataset").mismatched()).contains(Mismatched.DATASET);
        assertThat(parse("batch-tokens: 400").mismatched()).contains(Mismatched.DATASET);
        assertThat(parse("batch-size: 4").settings()).containsEntry("mismatched", "batch");
        assertThat(parse("batch-size: 4").withShape(RowShape.RESPONSE).mismatched())
                .isEmpty();
        for (var batching : List.of("batch-size: 1", "batch-tokens: 400, mismatched: batch")) {
            assertThatThrownBy(() -> parse(batching))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("mismatched: responses are exchanged among the rows of a batch");
        }
    }

    private static DataRecipe parse(String batching) {
        var yaml = "{data: rows.jsonl, format: labelled, " + batching + "}";
        return DataRecipe.parse(
                Section.root("recipe", YamlReader.read(yaml, "recipe")), RowShape.LABELLED, "kto", RowFormats.ALL);
    }

    /** Examples are distinguished by their last token, which truncation never removes here. */
    private static List<Integer> partners(int count, DataRecipe recipe) {
        var examples = new ArrayList<Example>();
        for (var i = 0; i < count; i++) {
            examples.add(new Example(i, List.of(TokenSequence.of(new int[] {1, 2, 100 + i}, 2)), OptionalDouble.of(1)));
        }
        return new MismatchedResponses("x", recipe, 5)
                .complete(examples, List.of()).stream()
                        .map(example -> example.sequences().get(1).ids()[2] - 100)
                        .toList();
    }

    private static List<Example> examples(int count, int maxLength, SplittableRandom random) {
        var result = new ArrayList<Example>();
        for (var i = 0; i < count; i++) {
            var prompt = 1 + random.nextInt(maxLength - 2);
            var ids = random.ints(prompt + 1 + random.nextInt(maxLength - prompt), 0, 1000)
                    .toArray();
            result.add(new Example(i, List.of(TokenSequence.of(ids, prompt)), OptionalDouble.of(i % 2)));
        }
        return result;
    }

    private static DataRecipe recipe(Mismatched mismatched, int batch, int maxLength) {
        return new DataRecipe(
                RowShape.LABELLED,
                List.of(),
                List.of(),
                0,
                new TokensFormat(),
                Optional.empty(),
                maxLength,
                Overlong.TRUNCATE,
                OptionalInt.empty(),
                OptionalInt.empty(),
                new Batching.Examples(batch),
                true,
                Optional.of(mismatched));
    }
}
