package dev.tandem.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.train.track.JsonLinesTracker;
import dev.tandem.train.track.TensorBoardTracker;
import dev.tandem.train.track.Tracker;
import dev.tandem.train.track.TrackerContext;
import dev.tandem.train.track.TrackerRecipe;
import dev.tandem.train.track.TrackerType;
import dev.tandem.train.track.Trackers;
import dev.tandem.yaml.Section;
import dev.tandem.yaml.YamlReader;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The {@code trackers} of a recipe, those of a program among them. */
class TrackersParserTest {
    private static final TrackerType MINE = new Mine();
    private static final List<TrackerType> TYPES =
            Stream.concat(Trackers.TYPES.stream(), Stream.of(MINE)).toList();

    private static final class Mine implements TrackerType {
        @Override
        public String name() {
            return "mine";
        }

        @Override
        public Set<String> keys() {
            return Set.of("every");
        }

        @Override
        public TrackerRecipe parse(Section section) {
            return new MineRecipe(section.optional("every", n -> section.integer("every", n, 1, 1_000))
                    .orElse(10));
        }
    }

    private record MineRecipe(int every) implements TrackerRecipe {
        @Override
        public TrackerType type() {
            return MINE;
        }

        @Override
        public Map<String, Object> settings() {
            return Map.of("every", every);
        }

        @Override
        public Tracker create(TrackerContext run) {
            return new Tracker() {};
        }
    }

    private static List<TrackerRecipe> parse(String yaml) {
        return new TrackersParser(Section.root("recipe", YamlReader.read(yaml, "recipe")), TYPES).parse();
    }

    @Test
    void aRecipeThatNamesNoneHasBothOfOurs() {
        assertThat(parse("a: b")).isEqualTo(Trackers.DEFAULTS);
    }

    @Test
    void namesAndMappingsMayBeMixed() {
        assertThat(parse("trackers: tensorboard")).containsExactly(new TensorBoardTracker.Settings());
        assertThat(parse("trackers: []")).isEmpty();
        assertThat(parse("trackers: [mine, {name: mine, every: 3}, {name: jsonl}]"))
                .containsExactly(new MineRecipe(10), new MineRecipe(3), new JsonLinesTracker.Settings());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    trackers: [jsnl] | recipe:1: trackers: 'jsnl' is not known; did you mean jsonl? Known: jsonl, tensorboard, mine. If a Java program registers it, read the recipe with that program's registry.
                    trackers: [jsonl, {name: jsonl}] | recipe:1: trackers: jsonl is named twice.
                    trackers: [mine, {name: mine, every: 10}] | recipe:1: trackers: mine is named twice.
                    trackers: [{every: 3}] | recipe:1: trackers.name is missing.
                    trackers: [{name: mine, every: 0}] | recipe:1: trackers.every: a whole number from 1 to 1000 is expected, but this is '0'.
                    trackers: [{name: jsonl, every: 3}] | recipe:1: trackers.every: jsonl has no every; it is a key of mine.
                    trackers: [{name: mine, evry: 3}] | recipe:1: trackers.evry: unknown key; did you mean every? Known: name, every
                    trackers: [[jsonl]] | recipe:1: trackers: a mapping of keys is expected, but this is a list.
                    """)
    void mistakesAreNamed(String yaml, String message) {
        assertThatThrownBy(() -> parse(yaml)).isInstanceOf(UserException.class).hasMessage(message);
    }

    @Test
    void aTrackerIsWrittenBackWithItsKeys() {
        var recipe = RecipeReader.parse("""
                        model: base
                        method: {name: single, objective: sft}
                        objectives: {sft: {data: a.jsonl, format: tokens, batch-size: 1}}
                        train: {steps: 1}
                        output: runs/a
                        trackers: [tensorboard]
                        """, List.of())
                .withTrackers(List.of(new TensorBoardTracker.Settings(), new MineRecipe(7)));
        var yaml = RecipeReader.write(recipe);
        assertThat(yaml).endsWith("trackers:\n- tensorboard\n- name: mine\n  every: 7\n");
        assertThat(parse(yaml)).isEqualTo(recipe.trackers());
    }

    @Test
    void anotherChoiceOfTrackersIsTheSameRun() {
        var yaml = """
                model: base
                method: {name: single, objective: sft}
                objectives: {sft: {data: a.jsonl, format: tokens, batch-size: 1}}
                train: {steps: 1}
                output: runs/a
                """;
        var changes = RecipeChanges.between(
                RecipeReader.parse(yaml, List.of()),
                RecipeReader.parse(yaml, List.of()).withTrackers(List.of(new MineRecipe(7))));
        assertThat(changes.all()).isNotEmpty().allMatch(c -> c.effect() == RecipeChanges.Effect.SAME_RUN);
    }

    @Test
    void aComparisonNeedsTheMetrics() {
        assertThatThrownBy(() -> RecipeReader.parseComparison("""
                        model: base
                        objectives:
                          sft: {data: a.jsonl, format: alpaca, batch-size: 12}
                          preference: {data: b.jsonl, format: preference, batch-size: 4}
                        train: {steps: 20}
                        output: runs/a
                        trackers: [tensorboard]
                        """, List.of()))
                .isInstanceOf(UserException.class)
                .hasMessage("recipe:7: trackers: a comparison reads the metrics that its runs write: add jsonl to the"
                        + " list, or leave the key out.");
    }
}
