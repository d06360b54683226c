package dev.tandem.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Recipes of earlier versions are read with the names that keys and values had, and written with the names they have now.
 */
class FormerKeysTest {
    private static final String RECIPE = """
            model: m
            method: {name: maxright, lambda: 0.5}
            objectives:
              sft: {data: a.jsonl, format: tokens, batch-tokens: 100}
              preference: {data: b.jsonl, format: tokens, batch-size: 2}
            lora: {rank: 4}
            train: {steps: 3}
            output: out
            """;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "method.evaluate-every=7 | method.probe-every=7 | probe-every: 7",
                "method.evaluate-on=next-batch | method.probe=next | probe: next",
                "method.evaluate-on=other-batch | method.probe=separate | probe: separate",
                "method={name: optimum, objective: sft} | method={name: single, objective: sft} | name: single",
                "objectives.sft.overlong=cut | objectives.sft.overlong=truncate | overlong: truncate",
                "objectives.sft.eval-share=0.5 | objectives.sft.eval-fraction=0.5 | eval-fraction: 0.5",
                "objectives.sft.length-window=9 | objectives.sft.length-grouping-window=9 | length-grouping-window: 9",
                "lora.from=adapter | lora.init-from=adapter | init-from: adapter",
                "train.head-chunk=9 | train.head-tile-tokens=9 | head-tile-tokens: 9",
                "train.on-full-disk=continue | train.on-write-failure=continue | on-write-failure: continue",
                "train.max-skipped-steps=9 | train.max-consecutive-skips=9 | max-consecutive-skips: 9"
            })
    void aFormerNameMeansTheSame(String former, String today, String written) {
        var recipe = read(former);
        assertThat(recipe).isEqualTo(read(today));
        var text = RecipeReader.write(recipe);
        assertThat(text).contains(written);
        assertThat(RecipeChanges.between(recipe, RecipeReader.parse(text, List.of()))
                        .all())
                .isEmpty();
    }

    @Test
    void whatIsSetTakesPrecedenceWhicheverNameTheFileHas() {
        for (var file : List.of("head-chunk", "head-tile-tokens")) {
            for (var set : List.of("head-chunk", "head-tile-tokens")) {
                var text = RECIPE.replace("steps: 3", "steps: 3, " + file + ": 8");
                var recipe = RecipeReader.parse(text, List.of("train." + set + "=16"));
                assertThat(recipe.train().headTileTokens())
                        .as(file + ", " + set)
                        .hasValue(16);
                var none = RecipeReader.parse(text, List.of("train." + set + "="));
                assertThat(none.train().headTileTokens()).as(file + ", " + set).isEmpty();
            }
        }
    }

    @Test
    void bothNamesInAFileAreAMistake() {
        var text = RECIPE.replace("steps: 3", "steps: 3, head-chunk: 8, head-tile-tokens: 16");
        assertThatThrownBy(() -> RecipeReader.parse(text, List.of()))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        "recipe:7: train.head-chunk: this is the former name of head-tile-tokens, which is given too:"
                                + " keep one of them.");
    }

    @Test
    void messagesNameTheKeyAsItIsWritten() {
        assertThatThrownBy(() -> read("train.head-chunk=0")).hasMessageContaining("train.head-chunk: a whole number");
        assertThatThrownBy(() -> read("train.head-chnk=1")).hasMessageContaining("unknown key");
    }

    private static Recipe read(String... settings) {
        return RecipeReader.parse(RECIPE, new ArrayList<>(List.of(settings)));
    }
}
