package dev.tandem.train.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.golden.Golden;
import dev.tandem.method.LossProbe;
import dev.tandem.method.Method;
import dev.tandem.method.MethodState;
import dev.tandem.method.StepPlan;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.tensor.machine.NativeSetup;
import dev.tandem.train.cost.MemoryEstimate;
import dev.tandem.train.event.TrainingListener;
import dev.tandem.train.folder.RunDirectory;
import dev.tandem.train.folder.RunState;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real allocations of libtorch that fail. */
class OutOfMemoryAdviceTest {
    private static final long TOO_MUCH = 1L << 50;

    @TempDir
    Path folder;

    @BeforeAll
    static void natives() {
        NativeSetup.ensure();
    }

    /** Takes a step, then asks for a petabyte. */
    private static final class Greedy implements Method {
        @Override
        public StepPlan plan(int step, LossProbe probe) {
            if (step == 1) {
                torch.zeros(TOO_MUCH).close();
            }
            return StepPlan.on(0);
        }

        @Override
        public void observe(StepPlan plan, double[] losses) {}

        @Override
        public MethodState state() {
            return new MethodState(Map.of());
        }

        @Override
        public void restore(MethodState state) {}
    }

    @Test
    void aRunWithoutMemorySaysWhatNeedsHowMuchAndWhatHelps() {
        var recipe = recipe("");
        assertThatThrownBy(() -> new TrainingRun(recipe, false)
                        .withMethod((names, optima) -> new Greedy())
                        .train(new TrainingListener() {}, () -> false))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("Memory ran out: 4503599627370496 bytes more could not be allocated")
                .hasMessageContaining("Training was estimated to need")
                .hasMessageContaining("weights ")
                .hasMessageContaining("optimizer ")
                .hasMessageContaining("activations ")
                .hasMessageContaining("output head ")
                .hasMessageContaining("lora: {rank: 16}")
                .hasMessageContaining("train.checkpoint-activations: true")
                .hasMessageContaining("train.micro-batch-tokens: ")
                .hasMessageContaining("train.precision: bf16")
                .hasMessageContaining("train.head-tile-tokens: 256");
        // what was trained until then is kept
        assertThat(new RunDirectory(recipe.output()).metrics()).content().contains("\"step\":0");
        assertThat(RunState.read(new RunDirectory(recipe.output()).state())
                        .orElseThrow()
                        .phase())
                .isEqualTo(RunState.Phase.FAILED);
    }

    @Test
    void whatIsSetAlreadyIsNotAdvised() {
        var recipe =
                recipe("""
                lora: {rank: 2}
                """, "train.precision=bf16", "train.checkpoint-activations=true", "train.micro-batch-tokens=64");
        assertThatThrownBy(() -> OutOfMemoryAdvice.explained(
                        recipe, () -> Optional.of(new MemoryEstimate(1L << 30, 0, 2L << 30, 3L << 30)), () -> {
                            throw new OutOfMemoryError("Java heap space");
                        }))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("the JVM says 'Java heap space'")
                .hasMessageContaining("6.0 GiB")
                .hasMessageContaining(
                        "in order of effect: train.head-tile-tokens: 256; a lower train.micro-batch-tokens than 64.");
    }

    @Test
    void otherFailuresPassUnchanged() {
        var failure = new IllegalStateException("the index is out of range");
        assertThatThrownBy(() -> OutOfMemoryAdvice.explained(recipe(""), Optional::empty, () -> {
                    throw failure;
                }))
                .isSameAs(failure);
    }

    private Recipe recipe(String more, String... overrides) {
        var data = Golden.directory("trajectory-gpt-neox");
        return RecipeReader.parse(
                """
                model: %s
                method: {name: alright, lambda: 0.5}
                objectives:
                  sft: {data: %s/sft.jsonl, format: tokens, batch-size: 4}
                  preference: {data: %s/preference.jsonl, format: tokens, batch-size: 3}
                train: {steps: 3, device: cpu, threads: 2, evaluate-every: 0, checkpoint-every: 0}
                output: %s
                cache: none
                """.formatted(Golden.directory("gpt-neox"), data, data, folder.resolve("run")) + more,
                List.of(overrides));
    }
}
