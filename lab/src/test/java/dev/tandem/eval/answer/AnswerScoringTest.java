package dev.tandem.eval.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.UserException;
import dev.tandem.data.encoding.Overlong;
import dev.tandem.eval.answer.AnswerScoring.By;
import dev.tandem.inference.TinyTextModel;
import dev.tandem.math.Interval;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.recipe.TrainRecipe.Precision;
import dev.tandem.train.event.TrainingListener;
import dev.tandem.train.event.TrainingResult;
import dev.tandem.train.folder.TrainedModel;
import dev.tandem.train.run.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model trained on pairs judges them as its own training did. */
class AnswerScoringTest {
    private static final String TEMPLATE = "Q: {} A: ";
    private static final int PAIRS = 40;

    @TempDir
    static Path folder;

    private static Recipe recipe;
    private static TrainingResult trained;

    @BeforeAll
    static void train() throws IOException {
        var model = TinyTextModel.write(folder.resolve("model"));
        var random = new SplittableRandom(4);
        var pairs = new ArrayList<String>();
        var chosen = new ArrayList<String>();
        var rejected = new ArrayList<String>();
        for (var i = 0; i < PAIRS; i++) {
            var prompt = "what is " + i + "?";
            // some are labelled the wrong way round, so that the trained model does not agree with all
            var begins = i % 5 == 0 ? "a line about " : "the hill ";
            var good = begins + random.nextInt(100);
            var bad = (i % 5 == 0 ? "the hill " : "a line about ") + random.nextInt(100);
            pairs.add("{\"prompt\": \"%s\", \"chosen\": \"%s\", \"rejected\": \"%s\"}".formatted(prompt, good, bad));
            chosen.add("{\"prompt\": \"%s\", \"output\": \"%s\"}".formatted(prompt, good));
            rejected.add("{\"instruction\": \"%s\", \"output\": \"%s\"}".formatted(prompt, bad));
        }
        Files.write(folder.resolve("chosen.jsonl"), chosen);
        Files.write(folder.resolve("rejected.jsonl"), rejected);
        var data = Files.write(folder.resolve("pairs.jsonl"), pairs);
        recipe = RecipeReader.parse("""
                model: %s
                method: {name: single, objective: preference}
                objectives:
                  preference: {loss: dpo, beta: 0.2, data: %s, eval-data: %s, format: preference, template: "%s", batch-size: 2}
                lora: {rank: 4}
                optimizer: {learning-rate: 0.001}
                train: {steps: 40, device: cpu}
                output: %s
                """.formatted(model, data, data, TEMPLATE, folder.resolve("run")), List.of());
        trained = new TrainingRun(recipe, false).train(new TrainingListener() {}, () -> false);
    }

    private static AnswerScoring scoring(By by) {
        return new AnswerScoring(
                by,
                TrainedModel.of(folder.resolve("run")),
                by == By.REWARD ? Optional.of(TrainedModel.start(recipe)) : Optional.empty(),
                0.2,
                "cpu",
                Precision.FP32);
    }

    private static WinRate compare(By by, String first, String second) {
        var reading =
                new AnswerScoring.Reading(Optional.empty(), Optional.of(TEMPLATE), Map.of(), 512, Overlong.TRUNCATE);
        var pairs = AnswerPairs.read(folder.resolve(first), folder.resolve(second), Map.of());
        return scoring(by).compare(pairs, reading, message -> {});
    }

    @Test
    void theWinRateOfChosenAnswersIsTheTrainingsAccuracy() {
        var result = compare(By.REWARD, "chosen.jsonl", "rejected.jsonl");
        var statistics = trained.last().orElseThrow().statistics();
        assertThat(result.pairs()).hasSize(PAIRS);
        assertThat(result.ties()).isZero();
        assertThat(result.rate().value())
                .isCloseTo(statistics.get("preference/accuracy"), within(1e-12))
                .isBetween(0.6, 0.95);
        assertThat(result.margin().value()).isCloseTo(statistics.get("preference/margin"), within(1e-5));
        assertThat(result.margin().low()).isLessThan(result.margin().value());
        assertThat(result.meanScores().get(0)).isCloseTo(statistics.get("preference/chosen_rewards"), within(1e-5));
        assertThat(result.meanScores().get(1)).isCloseTo(statistics.get("preference/rejected_rewards"), within(1e-5));
    }

    @Test
    void theOtherWayRoundItIsOneMinusThatAndAgainstItselfOneHalf() {
        for (var by : By.values()) {
            var rate = compare(by, "chosen.jsonl", "rejected.jsonl").rate();
            assertThat(compare(by, "rejected.jsonl", "chosen.jsonl").rate().value())
                    .isCloseTo(1 - rate.value(), within(1e-12));
            var itself = compare(by, "chosen.jsonl", "chosen.jsonl");
            assertThat(itself.ties()).isEqualTo(PAIRS);
            assertThat(itself.rate().value()).isEqualTo(0.5);
            assertThat(itself.margin()).isEqualTo(new Interval(0, 0, 0));
        }
    }

    @Test
    void logProbsPerTokenDoNotFavourShortAnswers() throws IOException {
        var one = Files.write(folder.resolve("short.jsonl"), List.of("{\"prompt\": \"x\", \"output\": \"the\"}"));
        var other = Files.write(
                folder.resolve("long.jsonl"),
                List.of("{\"prompt\": \"x\", \"output\": \"the hill over the hill over the hill\"}"));
        var sum = compare(
                By.LOG_PROB, one.getFileName().toString(), other.getFileName().toString());
        assertThat(sum.wins()).isEqualTo(1);
        var perToken = compare(By.LOG_PROB_PER_TOKEN, "short.jsonl", "long.jsonl")
                .pairs()
                .get(0);
        var pair = sum.pairs().get(0);
        assertThat(perToken.first().value())
                .isCloseTo(pair.first().value() / pair.first().tokens(), within(1e-9));
        assertThat(perToken.second().value())
                .isCloseTo(pair.second().value() / pair.second().tokens(), within(1e-9));
    }

    @Test
    void anEmptyAnswerIsItsEndAndAPromptThatIsTooLongIsLeftOut() throws IOException {
        var longPrompt = "what is " + "the hill over ".repeat(200);
        Files.write(
                folder.resolve("empty.jsonl"),
                List.of(
                        "{\"prompt\": \"x\", \"output\": \"\"}",
                        "{\"prompt\": \"" + longPrompt + "\", \"output\": \"the hill\"}",
                        "{\"prompt\": \"z\", \"output\": \"the hill\"}"));
        Files.write(
                folder.resolve("full.jsonl"),
                List.of(
                        "{\"prompt\": \"x\", \"output\": \"a\"}",
                        "{\"prompt\": \"" + longPrompt + "\", \"output\": \"a line\"}"));
        var result = compare(By.LOG_PROB, "full.jsonl", "empty.jsonl");
        assertThat(result.pairs()).hasSize(1);
        assertThat(result.pairs().get(0).second().tokens()).isEqualTo(1);
        assertThat(result.pairs().get(0).second().value()).isNegative();
        assertThat(result.leftOut()).isEqualTo(1);
        assertThat(result.unmatched()).isEqualTo(1);
        Files.write(folder.resolve("long.jsonl"), List.of("{\"prompt\": \"" + longPrompt + "\", \"output\": \"no\"}"));
        assertThatThrownBy(() -> compare(By.REWARD, "full.jsonl", "long.jsonl"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("None of the 1 pairs can be scored");
    }

    @Test
    void conversationsAreAnsweredInPlaceOfTheirLastTurn() throws IOException {
        var turns =
                "[{\"role\": \"user\", \"content\": \"what is 3?\"}, {\"role\": \"assistant\", \"content\": \"old\"}]";
        Files.write(folder.resolve("chat.jsonl"), List.of("{\"messages\": " + turns + ", \"output\": \"the hill\"}"));
        Files.write(
                folder.resolve("plain.json"), List.of("[{\"instruction\": \"what is 3?\", \"output\": \"a line\"}]"));
        var pairs = AnswerPairs.read(folder.resolve("chat.jsonl"), folder.resolve("plain.json"), Map.of());
        var reading = new AnswerScoring.Reading(Optional.empty(), Optional.empty(), Map.of(), 512, Overlong.TRUNCATE);
        var result = scoring(By.LOG_PROB).compare(pairs, reading, message -> {});
        assertThat(result.pairs().get(0).first().tokens()).isPositive();
        assertThat(result.margin().value()).isNotZero();
    }

    @Test
    void aRewardNeedsAReferenceOfItsOwn() {
        var model = TrainedModel.start(recipe);
        assertThatThrownBy(() -> new AnswerScoring(By.REWARD, model, Optional.empty(), 0.1, "cpu", Precision.FP32))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("--reference-model");
        assertThatThrownBy(() -> new AnswerScoring(By.REWARD, model, Optional.of(model), 0.1, "cpu", Precision.FP32))
                .hasMessageContaining("are the same");
        assertThatThrownBy(() -> new AnswerScoring(By.LOG_PROB, model, Optional.of(model), 0.1, "cpu", Precision.FP32))
                .hasMessageContaining("of one model");
    }
}
