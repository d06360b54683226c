package dev.tandem.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.recipe.Recipe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Losses as recipes name them, trained. */
class RecipeLossesTest {
    private static final String PREFERENCE = "method={name: optimum, objective: preference}";

    @TempDir
    Path folder;

    @Test
    void aSumIsTrainedAndResumed() {
        var sum = "objectives.preference.loss=[dpo, {name: sft, weight: 0.2}]";
        var whole = recipe("whole", PREFERENCE, sum);
        var steps = steps(whole);
        for (var step : steps) {
            var statistics = step.statistics();
            assertThat(step.losses().get("preference"))
                    .isCloseTo(
                            statistics.get("preference/dpo_loss") + 0.2 * statistics.get("preference/sft_loss"),
                            within(1e-9));
        }
        var parts = recipe("parts", PREFERENCE, sum, "objectives.preference.micro-batch-size=1");
        assertThat(last(steps(parts))).isCloseTo(last(steps), within(1e-4));
        var stopped = recipe("stopped", PREFERENCE, sum);
        TinyRun.stopAfter(stopped, false, 5);
        TinyRun.messages(stopped, true);
        assertThat(TinyRun.weights(stopped)).isEqualTo(TinyRun.weights(whole));
    }

    private Recipe recipe(String name, String... settings) {
        return new TinyRun(folder).recipe(name, settings);
    }

    private static double last(List<StepEvent> steps) {
        return steps.get(steps.size() - 1).losses().get("preference");
    }

    private static List<StepEvent> steps(Recipe recipe) {
        var seen = new ArrayList<StepEvent>();
        var listener = new TrainingListener() {
            @Override
            public void onStep(StepEvent event) {
                seen.add(event);
            }
        };
        new TrainingRun(recipe, false).train(listener, () -> false);
        return seen;
    }
}
