package dev.tandem.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.experiment.compare.Comparison;
import dev.tandem.experiment.compare.ComparisonListener;
import dev.tandem.inference.TinyTextModel;
import dev.tandem.plan.PlannedRecipe;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.recipe.Registry;
import dev.tandem.testing.ChildProcesses;
import dev.tandem.train.checkpoint.CheckpointStore;
import dev.tandem.train.folder.RunDirectory;
import dev.tandem.train.folder.TrainedModel;
import dev.tandem.train.run.TinyRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The program and the recipe file of docs/library.md whose loss, method, row format and tracker are the program's own. */
class OwnPartsTest {
    private static final int STEPS = 160;
    private static final int SIGKILL = 9;
    private static final Pattern RECIPE = Pattern.compile("```yaml\n(model: .*?)```", Pattern.DOTALL);

    @TempDir
    static Path folder;

    private static Path recipeFile;

    @RegisterExtension
    final ChildProcesses processes = ChildProcesses.ofEachTest();

    @BeforeAll
    static void files() throws IOException {
        TinyTextModel.write(folder.resolve("model"));
        var answers = new ArrayList<String>();
        var votes = new ArrayList<String>();
        for (var i = 0; i < 24; i++) {
            answers.add("{\"prompt\": \"say %d\", \"response\": \"the hill\"}".formatted(i));
            votes.add("{\"question\": \"tell %d\", \"a\": \"%s\", \"b\": \"%s\", \"a_wins\": %b}"
                    .formatted(i, i % 2 == 0 ? "the sea" : "a line", i % 2 == 0 ? "a line" : "the sea", i % 2 == 0));
        }
        Files.write(folder.resolve("answers.jsonl"), answers);
        Files.write(folder.resolve("votes.jsonl"), votes);
        var page = RECIPE.matcher(Files.readString(Path.of("../docs/library.md")));
        assertThat(page.find()).isTrue();
        recipeFile = Files.writeString(folder.resolve("recipe.yaml"), page.group(1));
    }

    /** What a test changes of the page's recipe: places and sizes. */
    private static List<String> settings(String output) {
        return List.of(
                "model=" + folder.resolve("model"),
                "objectives.sft.data=" + folder.resolve("answers.jsonl"),
                "objectives.preference.data=" + folder.resolve("votes.jsonl"),
                "objectives.preference.eval-fraction=0.25",
                "lora.rank=4",
                "optimizer.learning-rate=0.01",
                "train={steps: %d, device: cpu, threads: 1, evaluate-every: 40, checkpoint-every: 7}".formatted(STEPS),
                "output=" + folder.resolve(output),
                "cache=none");
    }

    private static Recipe recipe(String output) {
        return RecipeReader.read(recipeFile, settings(output), OwnParts.REGISTRY);
    }

    private static List<String> arguments(String output) {
        return Stream.concat(Stream.of(recipeFile.toString()), settings(output).stream())
                .toList();
    }

    /** Rows of the program's own tracker, one a step below their header. */
    private static List<String> table(Recipe recipe) throws IOException {
        var file = recipe.output().resolve("losses.csv");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    private static Optional<Integer> checkpoint(Recipe recipe) {
        return CheckpointStore.newest(new RunDirectory(recipe.output()).checkpoints())
                .map(CheckpointStore::steps);
    }

    @Test
    @Timeout(120)
    @DisabledOnOs(OS.WINDOWS)
    void killedAndResumedItEndsAsIfItHadNotBeen() throws Exception {
        var killed = recipe("killed");
        killAfterACheckpoint(arguments("killed"), killed);
        assertThat(checkpoint(killed).orElseThrow()).isLessThan(STEPS);
        assertThat(table(killed)).hasSizeLessThan(STEPS);
        var written = killed.output().resolve("recipe.yaml");
        assertThat(RecipeReader.read(written, List.of(), OwnParts.REGISTRY)).isEqualTo(killed);
        OwnParts.main(written.toString());

        OwnParts.main(arguments("straight").toArray(String[]::new));
        var straight = recipe("straight");
        assertThat(TinyRun.metrics(killed)).isEqualTo(TinyRun.metrics(straight));
        assertThat(TinyRun.weights(killed)).isEqualTo(TinyRun.weights(straight));
        assertThat(table(killed)).isEqualTo(table(straight)).hasSize(1 + STEPS).startsWith("step,objective,loss");
        for (var step = 0; step < STEPS; step++) {
            assertThat(table(killed).get(1 + step)).startsWith(step + ",");
        }
        assertThat(table(killed).get(1)).startsWith("0,sft,");
        assertThat(table(killed).get(2)).startsWith("1,preference,");
        // votes for a and votes for b are among the rows that are evaluated
        assertThat(TinyRun.metrics(killed)).last().asString().contains("\"preference/accuracy\":1.0");
        assertThat(TrainedModel.of(killed.output(), OwnParts.REGISTRY).adapter())
                .contains(killed.output().resolve("final"));
        assertThatThrownBy(() -> TrainedModel.of(killed.output()))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(written + ":")
                .hasMessageContaining("'hinge' is not known");
    }

    /** Starts the program in a JVM of its own, and kills it when it has done some steps after a checkpoint. */
    private void killAfterACheckpoint(List<String> arguments, Recipe recipe) throws Exception {
        var output = folder.resolve("out.txt");
        var command = ChildProcesses.java(List.of("-Xmx256m"), OwnParts.class.getName(), arguments);
        var child = processes.start(
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()));
        while (child.isAlive()
                && checkpoint(recipe).filter(steps -> rows(recipe) > steps + 2).isEmpty()) {
            Thread.sleep(1);
        }
        assertThat(child.destroyForcibly().waitFor())
                .as(Files.readString(output))
                .isEqualTo(128 + SIGKILL);
    }

    private static int rows(Recipe recipe) {
        try {
            return Math.max(0, table(recipe).size() - 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theRunsRecipeNamesThemWithEverySetting() {
        var recipe = recipe("unused");
        assertThat(RecipeReader.write(recipe))
                .contains("method:\n  name: laggard\n  lambda: 0.5\n  smoothing: 0.9\n")
                .contains("    loss: hinge\n    beta: 0.2\n    target: 1.0\n")
                .contains("    format: votes\n")
                .endsWith("trackers:\n- jsonl\n- name: csv\n  every: 1\n");
        assertThat(PlannedRecipe.of(recipe, false, OptionalLong.empty()).step()).hasSize(1);
    }

    @Test
    void aComparisonNamesThemAndIsCalibratedOnce() {
        var settings = new ArrayList<>(settings("compared"));
        settings.add("compare={methods: [{name: laggard, smoothing: 0.5}], lambdas: [0.5], reference: {policy: sft}}");
        var recipe = RecipeReader.readComparison(recipeFile, settings, OwnParts.REGISTRY);
        var first = new Comparison(recipe, OwnParts.REGISTRY, 1, new ComparisonListener() {}, () -> false).calibrate();
        var again = new Comparison(recipe, OwnParts.REGISTRY, 1, new ComparisonListener() {}, () -> false).calibrate();
        assertThat(again).isEqualTo(first);
    }

    @Test
    void withoutThatProgramTheMessageNamesWhatIsNotKnown() {
        var all = OwnParts.REGISTRY;
        var ours = Registry.standard();
        assertUnknown(
                new Registry(ours.losses(), all.methods(), all.formats(), all.trackers()),
                "objectives.preference.loss: 'hinge' is not known. Known: sft, dpo, ");
        assertUnknown(
                new Registry(all.losses(), ours.methods(), all.formats(), all.trackers()),
                "method.name: 'laggard' is not known. Known: sequential, mix, ");
        assertUnknown(
                new Registry(all.losses(), all.methods(), ours.formats(), all.trackers()),
                "objectives.preference.format: 'votes' is not known. Known: tokens, ");
        assertUnknown(
                new Registry(all.losses(), all.methods(), all.formats(), ours.trackers()),
                "trackers: 'csv' is not known. Known: jsonl, tensorboard");
        assertThatThrownBy(() -> RecipeReader.read(recipeFile, settings("unused")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("'hinge' is not known");
    }

    private static void assertUnknown(Registry registry, String message) {
        assertThatThrownBy(() -> RecipeReader.read(recipeFile, settings("unused"), registry))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(message)
                .hasMessageEndingWith(
                        ". If a Java program registers it, read the recipe with that program's registry.");
    }
}
