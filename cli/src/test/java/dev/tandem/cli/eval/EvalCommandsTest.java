package dev.tandem.cli.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.cli.Outcome;
import dev.tandem.cli.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code eval loss} and {@code eval reward} after a real run on a small model. */
class EvalCommandsTest {
    @TempDir
    static Path folder;

    @BeforeAll
    static void run() throws IOException {
        var model = TinyModel.write(folder.resolve("model"));
        var sft = Files.write(
                folder.resolve("sft.jsonl"),
                List.of(
                        "{\"prompt\": \"a\", \"response\": \"the hill\"}",
                        "{\"prompt\": \"b\", \"response\": \"a line\"}",
                        "{\"prompt\": \"c\", \"response\": \"over\"}"));
        var pairs = Files.write(
                folder.resolve("pairs.jsonl"),
                List.of(
                        "{\"prompt\": \"a\", \"chosen\": \"the hill\", \"rejected\": \"a line\"}",
                        "{\"prompt\": \"b\", \"chosen\": \"over\", \"rejected\": \"line\"}"));
        var recipe = Files.writeString(
                folder.resolve("recipe.yaml"), """
                model: %s
                method: {name: mix, lambda: 0.5}
                objectives:
                  sft: {data: %s, eval-data: %s, format: sft, batch-size: 2}
                  preference: {data: %s, eval-data: %s, format: preference, batch-size: 2}
                lora: {rank: 2}
                optimizer: {learning-rate: 0.01}
                train: {steps: 3, device: cpu}
                output: %s
                """.formatted(model, sft, sft, pairs, pairs, folder.resolve("run")));
        assertThat(Outcome.of("train", recipe.toString()).code()).isZero();
    }

    private static JsonNode json(Path file) throws IOException {
        return JsonMapper.shared().readTree(Files.readString(file));
    }

    @Test
    void aRunsLossesAreThoseItSawLast() throws IOException {
        var out = folder.resolve("loss.json");
        var examples = folder.resolve("examples.jsonl");
        var outcome = Outcome.of(
                "eval",
                "loss",
                "--run",
                folder.resolve("run").toString(),
                "--out",
                out.toString(),
                "--examples",
                examples.toString());
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        // no optimum is known
        assertThat(outcome.out()).contains("objective", "accuracy", " - ").doesNotContain("ideal distance");
        var last = json(folder.resolve("run/summary.json")).path("last_evaluation");
        assertThat(json(out).path("losses")).isEqualTo(last.path("losses"));
        assertThat(json(out).path("statistics")).isEqualTo(last.path("statistics"));
        assertThat(Files.readAllLines(examples)).hasSize(5).anySatisfy(line -> {
            var example = JsonMapper.shared().readTree(line);
            assertThat(example.path("row").asString()).endsWith("pairs.jsonl:2");
            assertThat(example.path("chosen").has("reference_logp_sum")).isTrue();
            assertThat(example.has("margin")).isTrue();
        });
    }

    @Test
    void theStartOfARecipeHasTheLossesOfItsFirstEvaluation() throws IOException {
        var out = folder.resolve("start.json");
        var outcome = Outcome.of("eval", "loss", folder.resolve("recipe.yaml").toString(), "--out", out.toString());
        assertThat(outcome.code()).isZero();
        var first = json(folder.resolve("run/summary.json")).path("first_evaluation");
        assertThat(json(out).path("losses")).isEqualTo(first.path("losses"));
        assertThat(json(out).path("statistics").path("preference/margin").asDouble())
                .isCloseTo(0, within(1e-6));
    }

    @Test
    void mistakesOfLossAreNamed() {
        assertThat(Outcome.of("eval", "loss").err()).contains("RECIPE.yaml", "--run");
        assertThat(Outcome.of("eval", "loss", "--run", folder.resolve("run").toString(), "--model", "x")
                        .err())
                .contains("Give one of them");
    }

    @Test
    void rewardsOfChosenAndRejectedAnswers() throws IOException {
        var a = Files.write(
                folder.resolve("a.jsonl"),
                List.of(
                        "{\"prompt\": \"a\", \"output\": \"the hill\"}",
                        "{\"prompt\": \"b\", \"output\": \"over\"}",
                        "{\"prompt\": \"z\", \"output\": \"over\"}"));
        var b = Files.writeString(folder.resolve("b.json"), """
                [{"instruction": "b", "output": "line", "generator": "g"},
                 {"instruction": "a", "output": "a line", "generator": "g"}]
                """);
        var out = folder.resolve("reward.json");
        var examples = folder.resolve("reward.jsonl");
        var outcome = Outcome.of(
                "eval",
                "reward",
                "--answers",
                a.toString(),
                "--against",
                b.toString(),
                "--model",
                folder.resolve("model").toString(),
                "--adapter",
                folder.resolve("run/final").toString(),
                "--out",
                out.toString(),
                "--examples",
                examples.toString());
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out()).contains("win rate", "2 pairs", "1 rows are left out", "a.jsonl:3 'z'");
        var statistics =
                json(folder.resolve("run/summary.json")).path("last_evaluation").path("statistics");
        assertThat(json(out).path("win_rate").path("value").asDouble())
                .isEqualTo(statistics.path("preference/accuracy").asDouble());
        assertThat(json(out).path("margin").path("value").asDouble())
                .isCloseTo(statistics.path("preference/margin").asDouble(), within(1e-6));
        assertThat(json(out).path("unmatched").asInt()).isEqualTo(1);
        assertThat(Files.readAllLines(examples)).hasSize(2);
    }

    @Test
    void mistakesOfRewardAreNamed() {
        assertThat(Outcome.of("eval", "reward", "--answers", "a", "--against", "b", "--model", "m")
                        .err())
                .contains("--reference-model");
        assertThat(Outcome.of("eval", "reward", "--answers", "a", "--against", "b", "--model", "m", "--by", "taste")
                        .err())
                .contains("log-prob-per-token was expected");
        assertThat(Outcome.of(
                                "eval",
                                "reward",
                                "--answers",
                                "none.jsonl",
                                "--against",
                                "b",
                                "--model",
                                "m",
                                "--by",
                                "log-prob")
                        .err())
                .contains("none.jsonl");
    }
}
