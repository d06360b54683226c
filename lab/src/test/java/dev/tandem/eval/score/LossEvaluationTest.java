package dev.tandem.eval.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.UserException;
import dev.tandem.golden.Golden;
import dev.tandem.inference.TinyTextModel;
import dev.tandem.recipe.Recipe;
import dev.tandem.train.event.EvaluationEvent;
import dev.tandem.train.event.TrainingListener;
import dev.tandem.train.event.TrainingResult;
import dev.tandem.train.folder.TrainedModel;
import dev.tandem.train.run.TinyRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A trained model has the losses of its run's last evaluation. */
class LossEvaluationTest {
    @TempDir
    Path folder;

    private final TrainingListener silent = new TrainingListener() {};

    private static TrainingResult train(Recipe recipe) {
        return TinyRun.train(recipe, false, new ArrayList<>(), () -> false);
    }

    private EvaluationEvent totals(Recipe recipe, TrainedModel model) {
        return new LossEvaluation(recipe, model, silent).run(false).totals();
    }

    @ParameterizedTest
    @ValueSource(strings = {"lora.dropout=0.1", "train.threads=2", "lora=", "objectives.preference.loss=ipo"})
    void equalsTheLastAndTheFirstEvaluationOfItsRunToTheLastDigit(String setting) {
        var recipe = new TinyRun(folder).recipe("run", setting);
        var trained = train(recipe);
        var last = trained.last().orElseThrow();
        var measured = totals(recipe, TrainedModel.of(folder.resolve("run")));
        assertThat(measured.losses()).isEqualTo(last.losses());
        assertThat(measured.gaps()).isEqualTo(last.gaps());
        assertThat(measured.statistics()).isEqualTo(last.statistics());
        assertThat(measured.idealDistance()).isEqualTo(last.idealDistance());

        var first = trained.first().orElseThrow();
        var start = totals(TrainedModel.recipe(folder.resolve("run")), TrainedModel.start(recipe));
        assertThat(start.losses()).isEqualTo(first.losses()).isNotEqualTo(last.losses());
        assertThat(start.statistics()).isEqualTo(first.statistics());
    }

    @Test
    void withoutACacheItDiffersByRoundingAtMost() {
        var recipe = new TinyRun(folder).recipe("run", "cache=none");
        var last = train(recipe).last().orElseThrow();
        totals(recipe, TrainedModel.of(folder.resolve("run")))
                .losses()
                .forEach(
                        (name, loss) -> assertThat(loss).isCloseTo(last.losses().get(name), within(1e-6)));
    }

    @Test
    void tellsOfEveryExampleInItsLine() {
        var recipe = new TinyRun(folder)
                .recipe("run", "objectives.preference.eval-data=", "objectives.preference.eval-fraction=0.3");
        train(recipe);
        var result = new LossEvaluation(recipe, TrainedModel.of(folder.resolve("run")), silent).run(true);
        var sft = of(result, "sft");
        var data = Golden.directory("trajectory-qwen3");
        assertThat(sft).hasSize(result.counts().get("sft"));
        assertThat(sft.get(0).where()).isEqualTo(data.resolve("sft_eval.jsonl") + ":1");
        var tokens = sft.stream().mapToInt(e -> e.sequences().get(0).tokens()).sum();
        var sum = sft.stream().mapToDouble(e -> e.sequences().get(0).logProb()).sum();
        assertThat(-sum / tokens).isCloseTo(result.totals().losses().get("sft"), within(1e-9));
        assertThat(sft).allSatisfy(e -> {
            var only = e.sequences().get(0);
            assertThat(e.loss()).isCloseTo(-only.logProb() / only.tokens(), within(1e-9));
            assertThat(only.referenceLogProb()).isEmpty();
        });

        var pairs = of(result, "preference");
        assertThat(pairs).hasSize(result.counts().get("preference")).allSatisfy(e -> {
            assertThat(e.where()).startsWith(data.resolve("preference.jsonl") + ":");
            var margin = ratio(e, 0) - ratio(e, 1);
            assertThat(e.statistics().get("margin")).isCloseTo(0.1 * margin, within(1e-9));
            assertThat(e.loss()).isCloseTo(Math.log1p(Math.exp(-0.1 * margin)), within(1e-9));
        });
        assertThat(pairs.stream().map(EvaluatedExample::where)).doesNotHaveDuplicates();
        assertThat(pairs.stream().mapToDouble(EvaluatedExample::loss).average().orElseThrow())
                .isCloseTo(result.totals().losses().get("preference"), within(1e-9));
    }

    private static double ratio(EvaluatedExample example, int sequence) {
        var one = example.sequences().get(sequence);
        return one.logProb() - one.referenceLogProb().orElseThrow();
    }

    private static List<EvaluatedExample> of(LossEvaluation.Result result, String objective) {
        return result.examples().stream()
                .filter(e -> e.objective().equals(objective))
                .toList();
    }

    @Test
    void whatCannotBeMeasuredIsSaid() {
        var recipe = new TinyRun(folder).recipe("run");
        assertThatThrownBy(() -> TrainedModel.of(folder.resolve("run")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("holds no trained model");
        var other = new TrainedModel(TinyTextModel.write(folder.resolve("other")), Optional.empty());
        assertThatThrownBy(() -> totals(recipe, other))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("vocabulary");
        var without = new TinyRun(folder)
                .recipe(
                        "run",
                        "objectives.sft.eval-data=",
                        "objectives.sft.eval-fraction=0",
                        "objectives.preference.eval-data=",
                        "objectives.preference.eval-fraction=0");
        assertThatThrownBy(() -> totals(without, TrainedModel.start(without)))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("No objective has an evaluation set");
    }
}
