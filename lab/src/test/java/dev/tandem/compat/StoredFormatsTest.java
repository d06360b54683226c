package dev.tandem.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.distributed.LocalRanks;
import dev.tandem.experiment.compare.Comparison;
import dev.tandem.experiment.compare.ComparisonListener;
import dev.tandem.experiment.compare.ComparisonRun;
import dev.tandem.io.AtomicFiles;
import dev.tandem.model.generation.TextModel;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.machine.NativeSetup;
import dev.tandem.tensor.safetensors.SafetensorsFile;
import dev.tandem.train.event.StepEvent;
import dev.tandem.train.event.TrainingListener;
import dev.tandem.train.event.TrainingResult;
import dev.tandem.train.folder.RunState;
import dev.tandem.train.folder.TrainedModel;
import dev.tandem.train.run.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Run folders, checkpoints and caches that an earlier version wrote are read: runs resume, caches are used, and the numbers
 * are those of that version, within the tolerances of the golden trajectories.
 */
class StoredFormatsTest {
    private static final String COMMIT = "2b7a59d";
    private static final double LOSS_RELATIVE = 1e-3;
    private static final double NORM_RELATIVE = 5e-3;
    private static final double WEIGHTS_RELATIVE = 1e-2;
    private static final Pattern REFERENCE = Pattern.compile("preference: ([0-9]+) from the cache, ([0-9]+) computed");

    @TempDir
    Path folder;

    private StoredFolder stored = new StoredFolder(Path.of(""));
    private final List<String> messages = new ArrayList<>();

    @BeforeAll
    static void natives() {
        NativeSetup.ensure();
    }

    @BeforeEach
    void copy() throws IOException {
        stored = StoredFolder.copy(COMMIT, folder.toRealPath());
    }

    @ParameterizedTest
    @ValueSource(strings = {"sequential", "mix", "alright", "maxright", "optimum", "ranks"})
    void aStoppedRunResumes(String name) throws IOException {
        var before = stored.lines("stopped/" + name);
        assertUsesCaches(() -> train(resumed(name), true));
        assertThat(stored.lines("stopped/" + name)).startsWith(before.toArray(String[]::new));
        assertSameNumbers(name, "stopped/" + name);
    }

    @Test
    void ranksResume() throws IOException {
        var recipe = resumed("ranks");
        LocalRanks.run(
                2, rank -> new TrainingRun(recipe, true).withRanks(rank).train(new TrainingListener() {}, () -> false));
        assertSameNumbers("ranks", "stopped/ranks");
    }

    /** The checkpoint matches the run's own recipe: nothing counts as changed. */
    private Recipe resumed(String name) {
        return stored.recipe(name, "output=" + stored.path().resolve("stopped").resolve(name), cache());
    }

    @ParameterizedTest
    @ValueSource(strings = {"sequential", "mix", "alright", "maxright", "optimum"})
    void aRecipeRunsAndFindsItsCaches(String name) throws IOException {
        assertUsesCaches(() ->
                train(stored.recipe(name, "output=" + stored.path().resolve("again"), cache()), false));
        // a schedule of sequential is over each stage now; only a run that was begun before keeps the old one
        if (!name.equals("sequential")) {
            assertSameNumbers(name, "again");
        }
    }

    /**
     * Reference log-probs are taken from the cache: none is computed, no file is written. Tokens of rows of text are encoded again
     * once, because rows are read by other rules than then (the number in {@code RowFormat.cacheKey}); they are the same here,
     * or no reference log-prob would be found.
     */
    private void assertUsesCaches(Runnable work) {
        var tokens = stored.cached(".tok");
        var reference = stored.cached(".seg");
        assertThat(tokens).hasSize(16);
        assertThat(reference).hasSize(5);
        work.run();
        assertThat(stored.cached(".tok")).containsAllEntriesOf(tokens);
        assertThat(stored.cached(".seg")).isEqualTo(reference);
        assertThat(messages).noneMatch(message -> message.contains("Warning") || message.contains("again"));
        assertThat(messages)
                .filteredOn(message -> REFERENCE.matcher(message).find())
                .singleElement()
                .satisfies(message -> {
                    var counts = REFERENCE.matcher(message);
                    assertThat(counts.find()).isTrue();
                    assertThat(Integer.parseInt(counts.group(1))).isPositive();
                    assertThat(counts.group(2)).isEqualTo("0");
                });
    }

    @Test
    void aFinishedRunIsRead() {
        var run = stored.path().resolve("finished/maxright");
        assertThat(TrainedModel.of(run).adapter()).contains(run.resolve("final"));
        assertThat(TrainedModel.recipe(run).train().steps()).isEqualTo(12);
        assertThat(RunState.read(run.resolve("state.json")))
                .hasValueSatisfying(state -> assertThat(state.phase()).isEqualTo(RunState.Phase.COMPLETED));
        assertOpens(TrainedModel.of(run));
        assertOpens(TrainedModel.of(stored.path().resolve("finished/sequential")));
    }

    private static void assertOpens(TrainedModel model) {
        try (var opened = TextModel.open(model.model(), model.adapter(), "cpu", DType.F32)) {
            assertThat(opened).isNotNull();
        }
    }

    /** Repeats the comparison: all its runs exist, and are recognised as those of the same recipe. */
    @Test
    void aFinishedComparisonTrainsNothing() throws IOException {
        var table = stored.path().resolve("comparison/results.csv");
        var before = Files.readString(table);
        Files.delete(table);
        var steps = new AtomicInteger();
        compare(steps);
        assertThat(steps).hasValue(0);
        assertThat(table).hasContent(before);
    }

    /** A run that is missing is trained from the stored reference, with the f* of the stored optima. */
    @Test
    void aComparisonContinues() throws IOException {
        AtomicFiles.deleteTree(stored.path().resolve("comparison/runs/maxright-0.5-seed42"));
        var before = runs();
        var steps = new AtomicInteger();
        compare(steps);
        assertThat(steps).hasValue(6);
        var after = runs();
        assertThat(after).hasSize(4);
        forEach(after, before, (run, expected) -> {
            assertThat(run.get("name")).isEqualTo(expected.get("name"));
            assertNumbers(run.get("losses"), expected.get("losses"));
            assertNumbers(run.get("gaps"), expected.get("gaps"));
        });
    }

    /** The comparison's runs as its results list them. */
    private List<JsonNode> runs() throws IOException {
        var results = Files.readString(stored.path().resolve("comparison/results.json"));
        var runs = new ArrayList<JsonNode>();
        JsonMapper.shared().readTree(results).get("runs").forEach(runs::add);
        return runs;
    }

    private void compare(AtomicInteger steps) {
        var recipe = RecipeReader.readComparison(stored.path().resolve("recipes/comparison.yaml"), List.of());
        var listener = new ComparisonListener() {
            @Override
            public void onStep(ComparisonRun run, StepEvent event) {
                steps.incrementAndGet();
            }
        };
        var comparison = new Comparison(recipe, 1, listener, () -> false);
        comparison.run(comparison.plan());
    }

    private String cache() {
        return "cache=" + stored.path().resolve("cache");
    }

    private void train(Recipe recipe, boolean resume) {
        var result = new TrainingRun(recipe, resume)
                .train(
                        new TrainingListener() {
                            @Override
                            public void onMessage(String message) {
                                messages.add(message);
                            }
                        },
                        () -> false);
        assertThat(result.reason()).isEqualTo(TrainingResult.Reason.COMPLETED);
    }

    private void assertSameNumbers(String name, String run) {
        var expected = "finished/" + name;
        var steps = stored.metrics(run, "step");
        assertThat(steps).hasSize(12);
        forEach(steps, stored.metrics(expected, "step"), StoredFormatsTest::assertStep);
        var evaluations = stored.metrics(run, "evaluation");
        assertThat(evaluations).hasSizeGreaterThanOrEqualTo(4);
        forEach(evaluations, stored.metrics(expected, "evaluation"), StoredFormatsTest::assertEvaluation);
        for (var file : List.of("final/adapter_model.safetensors", "final/model.safetensors")) {
            var written = stored.path().resolve(expected).resolve(file);
            if (Files.exists(written)) {
                assertWeights(stored.path().resolve(run).resolve(file), written);
            }
        }
    }

    private interface Pairs {
        void check(JsonNode actual, JsonNode expected);
    }

    private static void forEach(List<JsonNode> actual, List<JsonNode> expected, Pairs check) {
        assertThat(actual).hasSameSizeAs(expected);
        for (var i = 0; i < actual.size(); i++) {
            check.check(actual.get(i), expected.get(i));
        }
    }

    private static void assertStep(JsonNode actual, JsonNode expected) {
        for (var key : List.of("step", "objective", "tokens", "trained_tokens")) {
            assertThat(actual.get(key)).as(key).isEqualTo(expected.get(key));
        }
        assertThat(actual.get("learning_rate").doubleValue())
                .isCloseTo(expected.get("learning_rate").doubleValue(), within(1e-12));
        var norm = expected.get("grad_norm").doubleValue();
        assertThat(actual.get("grad_norm").doubleValue()).isCloseTo(norm, within(NORM_RELATIVE * norm));
        assertNumbers(actual.get("losses"), expected.get("losses"));
        assertNumbers(actual.get("notes"), expected.get("notes"));
    }

    private static void assertEvaluation(JsonNode actual, JsonNode expected) {
        assertThat(actual.get("step")).isEqualTo(expected.get("step"));
        assertNumbers(actual.get("losses"), expected.get("losses"));
        assertGaps(actual, expected);
    }

    /** Earlier versions wrote the loss as the gap of an objective without an optimum; such gaps are absent now. */
    private static void assertGaps(JsonNode actual, JsonNode expected) {
        var known = JsonMapper.shared().createObjectNode();
        expected.get("gaps").properties().forEach(gap -> {
            if (!gap.getValue().equals(expected.get("losses").get(gap.getKey()))
                    || actual.get("gaps").has(gap.getKey())) {
                known.set(gap.getKey(), gap.getValue());
            }
        });
        assertNumbers(actual.get("gaps"), known);
    }

    private static void assertNumbers(JsonNode actual, JsonNode expected) {
        assertThat(actual.propertyNames()).isEqualTo(expected.propertyNames());
        expected.properties().forEach(entry -> {
            var value = entry.getValue().doubleValue();
            assertThat(actual.get(entry.getKey()).doubleValue())
                    .as(entry.getKey())
                    .isCloseTo(value, within(LOSS_RELATIVE * Math.max(1, Math.abs(value))));
        });
    }

    private static void assertWeights(Path actual, Path expected) {
        try (var scope = new PointerScope();
                var ours = SafetensorsFile.open(actual);
                var theirs = SafetensorsFile.open(expected)) {
            assertThat(ours.names()).containsExactlyInAnyOrderElementsOf(theirs.names());
            for (var name : theirs.names()) {
                var golden = theirs.tensor(name);
                var difference = Tensors.norm(ours.tensor(name).sub(golden));
                assertThat(difference).as(name).isLessThanOrEqualTo(WEIGHTS_RELATIVE * Tensors.norm(golden));
            }
        }
    }
}
