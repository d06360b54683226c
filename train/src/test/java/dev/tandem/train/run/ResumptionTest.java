package dev.tandem.train.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.io.AtomicFiles;
import dev.tandem.train.event.TrainingResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A resumed run continues as if it had not stopped. It accepts the changes that are allowed and refuses the others. */
class ResumptionTest {
    @TempDir
    Path folder;

    private TinyRun runs() {
        return new TinyRun(folder);
    }

    /** Stops before an evaluation that is due, after one, between them, and after the last step. */
    @ParameterizedTest
    @ValueSource(ints = {3, 4, 6, 12})
    void metricsAndWeightsAreThoseOfARunThatNeverStopped(int stop) {
        var straight = runs().recipe("straight");
        TinyRun.messages(straight, false);
        var stopped = runs().recipe("stopped");
        assertThat(TinyRun.stopAfter(stopped, false, stop).reason()).isEqualTo(TrainingResult.Reason.INTERRUPTED);
        // and once more, where there is something left
        TinyRun.stopAfter(stopped, true, 2);
        var result = TinyRun.train(stopped, true, new ArrayList<>(), () -> false);
        assertThat(result.first()).isPresent();
        assertThat(TinyRun.metrics(stopped))
                .isEqualTo(TinyRun.metrics(straight))
                .hasSize(1 + 12 + 5);
        assertThat(TinyRun.weights(stopped)).isEqualTo(TinyRun.weights(straight));
    }

    @Test
    void aRunThatWasKilledAfterItsLastCheckpointEvaluatesOnce() {
        var straight = runs().recipe("straight", "train.checkpoint-every=6");
        TinyRun.messages(straight, false);
        var before = TinyRun.metrics(straight);
        AtomicFiles.deleteTree(straight.output().resolve("final"));
        TinyRun.messages(straight, true);
        assertThat(TinyRun.metrics(straight)).isEqualTo(before);
    }

    @Test
    void everyKeyThatMakesItAnotherRunIsToldAtOnce() throws IOException {
        TinyRun.stopAfter(runs().recipe("run"), false, 3);
        var changed = runs().recipe(
                        "run",
                        "method.lambda=0.25",
                        "optimizer.learning-rate=0.5",
                        "lora.rank=2",
                        "train.seed=1",
                        "train.precision=bf16",
                        "objectives.sft.batch-size=3",
                        "train.threads=2");
        var recipe = Files.readString(folder.resolve("run/recipe.yaml"));
        assertThatThrownBy(() -> TinyRun.messages(changed, true))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(folder.resolve("run") + " was begun with another recipe")
                .hasMessageContaining("  method.lambda: 0.5 → 0.25\n")
                .hasMessageContaining("  objectives.sft.batch-size: 2 → 3\n")
                .hasMessageContaining("  lora.rank: 4 → 2\n")
                .hasMessageContaining("  optimizer.learning-rate: 0.01 → 0.5\n")
                .hasMessageContaining("  train.precision: fp32 → bf16\n")
                .hasMessageContaining("  train.seed: 42 → 1\n")
                .hasMessageEndingWith("give another output to start a new run.")
                .message()
                .doesNotContain("threads");
        assertThat(folder.resolve("run/recipe.yaml")).hasContent(recipe);
    }

    @Test
    void whatDoesNotMakeItAnotherRunMayChange() {
        TinyRun.stopAfter(runs().recipe("run"), false, 3);
        var messages = TinyRun.messages(
                runs().recipe(
                                "run",
                                "train.evaluate-every=4",
                                "train.checkpoint-every=2",
                                "train.keep-checkpoints=1",
                                "train.on-write-failure=continue",
                                "train.eval-batch-size=4",
                                "train.steps=14",
                                "train.early-stop.gap=0",
                                "train.threads=2",
                                "train.micro-batch-tokens=100"),
                true);
        assertThat(messages)
                .anySatisfy(m -> assertThat(m)
                        .startsWith("Changed since the run began:\n")
                        .contains("  train.steps: 12 → 14")
                        .contains("  train.early-stop.gap: nothing → 0.0"))
                .anySatisfy(m -> assertThat(m)
                        .startsWith("Warning: changed since the run began:\n")
                        .contains("  train.threads: 1 → 2")
                        .contains("  train.micro-batch-tokens: nothing → 100"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"optimizer.schedule=cosine", "method={name: sequential, order: [sft, preference]}"})
    void theLengthMayNotChangeWhereStepsDependOnIt(String setting) {
        TinyRun.stopAfter(runs().recipe("run", setting), false, 3);
        assertThatThrownBy(() -> TinyRun.messages(runs().recipe("run", setting, "train.steps=14"), true))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("  train.steps: 12 → 14")
                .hasMessageContaining("can change only with optimizer.schedule: constant");
    }

    @Test
    void aRunCannotEndBeforeItsCheckpoint() {
        TinyRun.stopAfter(runs().recipe("run"), false, 5);
        assertThatThrownBy(() -> TinyRun.messages(runs().recipe("run", "train.steps=4"), true))
                .isInstanceOf(UserException.class)
                .hasMessage("train.steps is 4, but the checkpoint is after 5 steps. Give at least as many.");
        TinyRun.messages(runs().recipe("run", "train.steps=5"), true);
        assertThat(folder.resolve("run/final")).isDirectory();
    }

    @Test
    void theSamePlaceMayBeCalledByAnotherName() {
        TinyRun.stopAfter(runs().recipe("run"), false, 3);
        var model = runs().recipe("run").model().toAbsolutePath();
        TinyRun.messages(runs().recipe("run", "model=" + model), true);
    }

    @Test
    void aRunWithoutItsRecipeGoesOnWithAWarning() throws IOException {
        TinyRun.stopAfter(runs().recipe("run"), false, 3);
        Files.delete(folder.resolve("run/recipe.yaml"));
        assertThat(TinyRun.messages(runs().recipe("run"), true))
                .anyMatch(m -> m.startsWith("Warning: " + folder.resolve("run/recipe.yaml") + " is missing"));
    }

    @Test
    void nothingIsLeftOfARunThatCouldNotBegin() {
        var recipe = runs().recipe("never", "objectives.sft.data=missing.jsonl");
        assertThatThrownBy(() -> TinyRun.messages(recipe, false)).isInstanceOf(UserException.class);
        assertThat(folder.resolve("never")).doesNotExist();
    }
}
