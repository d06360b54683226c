package dev.tandem.eval.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.distributed.LocalRanks;
import dev.tandem.golden.Golden;
import dev.tandem.recipe.Recipe;
import dev.tandem.train.event.StepEvent;
import dev.tandem.train.event.TrainingListener;
import dev.tandem.train.folder.TrainedModel;
import dev.tandem.train.run.TinyRun;
import dev.tandem.train.run.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Losses as recipes name them, trained. */
class RecipeLossesTest {
    private static final String PREFERENCE = "method={name: single, objective: preference}";

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

    /** The mean of all mismatched responses is the same on one rank and on two, in one micro-batch and in several. */
    @Test
    void labelledRowsAreTrainedAloneOnRanksAndResumed() throws IOException {
        var settings = new ArrayList<>(List.of(
                PREFERENCE,
                "objectives.preference={loss: kto, beta: 0.5, format: tokens, batch-size: 6, data: " + labelled()
                        + ", eval-fraction: 0.2}",
                "train.steps=8"));
        var alone = recipe("alone", settings.toArray(String[]::new));
        var steps = steps(alone);
        assertThat(steps).hasSize(8).anyMatch(step -> step.statistics().get("preference/kl") > 0);
        assertThat(last(steps)).isLessThan(steps.get(0).losses().get("preference"));
        var stopped = recipe("stopped", settings.toArray(String[]::new));
        TinyRun.stopAfter(stopped, false, 5);
        TinyRun.messages(stopped, true);
        assertThat(TinyRun.weights(stopped)).isEqualTo(TinyRun.weights(alone));
        var evaluated = new LossEvaluation(alone, TrainedModel.of(folder.resolve("alone")), new TrainingListener() {})
                .run(true);
        var examples = evaluated.examples().stream()
                .filter(example -> example.objective().equals("preference"))
                .toList();
        assertThat(examples).hasSize(36);
        assertThat(examples.stream()
                        .mapToDouble(EvaluatedExample::loss)
                        .average()
                        .orElseThrow())
                .isCloseTo(evaluated.totals().losses().get("preference"), within(1e-9));
        settings.add("objectives.preference.micro-batch-size=2");
        settings.add("train.zero-stage=3");
        var ranks = recipe("ranks", settings.toArray(String[]::new));
        var onRanks = LocalRanks.run(2, rank -> steps(new TrainingRun(ranks, false).withRanks(rank)));
        for (var step = 0; step < steps.size(); step++) {
            var expected = steps.get(step);
            var actual = onRanks.get(0).get(step);
            assertThat(actual.losses().get("preference"))
                    .isCloseTo(expected.losses().get("preference"), within(1e-4));
            assertThat(actual.statistics().get("preference/kl"))
                    .isCloseTo(expected.statistics().get("preference/kl"), within(1e-3));
            assertThat(actual.tokens()).isEqualTo(expected.tokens());
        }
    }

    /** The answers of pairs as rows of their own. */
    private Path labelled() throws IOException {
        var lines = new ArrayList<String>();
        for (var line : Files.readAllLines(Golden.directory("trajectory-qwen3").resolve("preference.jsonl"))) {
            var pair = JsonMapper.shared().readTree(line);
            for (var side : List.of("chosen", "rejected")) {
                var ids = new ArrayList<Integer>();
                pair.get("prompt_ids").forEach(id -> ids.add(id.intValue()));
                var prompt = ids.size();
                pair.get(side + "_ids").forEach(id -> ids.add(id.intValue()));
                lines.add("{\"input_ids\": " + ids + ", \"prompt_length\": " + prompt + ", \"label\": "
                        + side.equals("chosen") + "}");
            }
        }
        return Files.write(folder.resolve("labelled.jsonl"), lines);
    }

    private Recipe recipe(String name, String... settings) {
        return new TinyRun(folder).recipe(name, settings);
    }

    private static double last(List<StepEvent> steps) {
        return steps.get(steps.size() - 1).losses().get("preference");
    }

    private static List<StepEvent> steps(Recipe recipe) {
        return steps(new TrainingRun(recipe, false));
    }

    private static List<StepEvent> steps(TrainingRun run) {
        var seen = new ArrayList<StepEvent>();
        var listener = new TrainingListener() {
            @Override
            public void onStep(StepEvent event) {
                seen.add(event);
            }
        };
        run.train(listener, () -> false);
        return seen;
    }
}
