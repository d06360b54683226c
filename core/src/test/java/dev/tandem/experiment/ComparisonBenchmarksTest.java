package dev.tandem.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.UserException;
import dev.tandem.eval.TinyTextModel;
import dev.tandem.eval.judge.ChatStub;
import dev.tandem.experiment.benchmark.BenchmarkRow;
import dev.tandem.experiment.benchmark.BenchmarkScore;
import dev.tandem.recipe.RecipeReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Real comparisons of an untrained tiny model, with benchmarks. */
class ComparisonBenchmarksTest {
    private static final int QUESTIONS = 24;
    private static final String MMLU =
            "mmlu: {kind: multiple-choice, data: %1$s/questions, dev: %1$s/questions, shots: 2}";
    private static final String WINS =
            "wins: {kind: win-rate, prompts: %1$s/prompts.jsonl, against: reference, max-new-tokens: 6}";

    private static final String MIX = "compare.methods=[mix]";

    @TempDir
    Path folder;

    @BeforeEach
    void files() throws IOException {
        TinyTextModel.write(folder.resolve("model"));
        var sft = new ArrayList<String>();
        var pairs = new ArrayList<String>();
        var prompts = new ArrayList<String>();
        for (var i = 0; i < 12; i++) {
            sft.add("{\"prompt\": \"what is %d?\", \"response\": \"the hill %d\"}".formatted(i, i));
            pairs.add("{\"prompt\": \"what is %d?\", \"chosen\": \"the sea %d\", \"rejected\": \"a line\"}"
                    .formatted(i, i));
            prompts.add("{\"prompt\": \"what is %d?\"}".formatted(i));
        }
        Files.write(folder.resolve("sft.jsonl"), sft);
        Files.write(folder.resolve("pairs.jsonl"), pairs);
        Files.write(folder.resolve("prompts.jsonl"), prompts);
        var questions = new ArrayList<String>();
        for (var i = 0; i < QUESTIONS; i++) {
            questions.add("what is " + i + "?,the hill,the sea,a line,no," + "ABCD".charAt(i % 4));
        }
        Files.createDirectories(folder.resolve("questions"));
        Files.write(folder.resolve("questions/things_test.csv"), questions);
        Files.write(folder.resolve("questions/things_dev.csv"), List.of("what is it?,the hill,the sea,a line,no,C"));
    }

    @Test
    void everyModelIsMeasuredOnceAndStandsInTheResults() throws IOException {
        var heard = new Heard();
        var result = compare(heard, List.of(), MMLU, WINS);
        var models = List.of(
                "base", "reference", "optimum-sft", "optimum-preference", "mix-0.5-seed42", "alright-0.5-seed42");
        assertThat(heard.measured)
                .containsExactlyElementsOf(models.stream()
                        .flatMap(model -> List.of(model + " mmlu", model + " wins").stream())
                        .toList());
        assertThat(heard.failed).isEmpty();
        assertThat(heard.messages).containsExactly("mmlu: There are only 1 questions to show, and not 2.");
        assertThat(result.benchmarks())
                .extracting(BenchmarkRow::method)
                .containsExactly("base", "reference", "optimum-sft", "optimum-preference", "mix", "alright");
        assertThat(result.benchmarks()).allSatisfy(row -> {
            var mmlu = row.values().get("mmlu");
            assertThat(mmlu.low()).isLessThan(0.25);
            assertThat(mmlu.high()).isGreaterThan(0.25);
            assertThat(row.values()).containsOnlyKeys("mmlu", "wins");
        });
        assertThat(result.benchmarks().get(1).values().get("wins").value()).isEqualTo(0.5);

        var file = json("cmp/runs/mix-0.5-seed42/benchmarks.json");
        assertThat(file.at("/mmlu/details/all/questions").asInt()).isEqualTo(QUESTIONS);
        assertThat(file.at("/mmlu/details/shots_dropped").asInt()).isZero();
        assertThat(file.at("/wins/details/pairs").asInt()).isEqualTo(12);
        assertThat(file.at("/wins/settings/max-new-tokens").asInt()).isEqualTo(6);
        var results = json("cmp/results.json").path("benchmarks");
        assertThat(results.at("/settings/mmlu/shots").asInt()).isEqualTo(2);
        assertThat(results.path("rows")).hasSize(6);
        assertThat(results.at("/rows/4/values/mmlu/value")).isEqualTo(file.at("/mmlu/value/value"));
        assertThat(Files.readAllLines(folder.resolve("cmp/results.csv")).get(0))
                .endsWith("on_front,mmlu,mmlu_low,mmlu_high,wins,wins_low,wins_high");
    }

    @Test
    void whatIsAddedIsAllThatIsRun() throws IOException {
        compare(new Heard(), List.of(MIX));
        var added = new Heard();
        compare(added, List.of(MIX), MMLU);
        assertThat(added.trained).isEmpty();
        assertThat(added.measured).hasSize(5).allMatch(line -> line.endsWith(" mmlu"));
        var again = new Heard();
        var result = compare(again, List.of(MIX), MMLU);
        assertThat(again.measured).isEmpty();
        assertThat(result.benchmarks()).hasSize(5);
        var other = new Heard();
        compare(other, List.of(MIX, "compare.benchmarks.mmlu.score=text"), MMLU, WINS);
        assertThat(other.trained).isEmpty();
        assertThat(other.measured).hasSize(10);
    }

    @Test
    void stoppedItGoesOnToTheSameNumbers() throws IOException {
        var whole = compare(new Heard(), List.of(MIX, "output=" + folder.resolve("whole")), MMLU, WINS);
        var measured = new ArrayList<String>();
        for (var stop = 20; ; stop += 70) {
            var heard = new Heard();
            heard.stopAfter = stop;
            try {
                var result = compare(heard, List.of(MIX), MMLU, WINS);
                measured.addAll(heard.measured);
                assertThat(result.benchmarks()).isEqualTo(whole.benchmarks());
                break;
            } catch (CancellationException e) {
                measured.addAll(heard.measured);
            }
        }
        assertThat(measured).hasSize(10).doesNotHaveDuplicates();
    }

    @Test
    void severalSeedsGiveMeansAndDeviations() throws IOException {
        var result = compare(new Heard(), List.of("compare.seeds=[42, 43]", "compare.methods=[mix]"), WINS);
        var row = result.benchmarks().get(4);
        var seeds = result.rows().stream()
                .filter(r -> r.run().kind().equals("mix"))
                .map(r -> r.benchmarks().get("wins").value())
                .toList();
        assertThat(row.seeds()).isEqualTo(2);
        assertThat(row.values().get("wins").value())
                .isCloseTo((seeds.get(0).value() + seeds.get(1).value()) / 2, within(1e-12));
        assertThat(row.values().get("wins").low())
                .isCloseTo((seeds.get(0).low() + seeds.get(1).low()) / 2, within(1e-12));
        assertThat(row.values().get("wins").deviation())
                .isCloseTo(Math.abs(seeds.get(0).value() - seeds.get(1).value()) / Math.sqrt(2), within(1e-12));
    }

    @Test
    void answersOfAFileAndLogProbsOfAnotherModel() throws IOException {
        Files.write(
                folder.resolve("others.jsonl"),
                List.of(
                        "{\"instruction\": \"what is 3?\", \"output\": \"the hill\"}",
                        "{\"instruction\": \"what is 4?\", \"output\": \"\"}"));
        var wins = "wins: {kind: win-rate, prompts: %1$s/prompts.jsonl, against: %1$s/others.jsonl,"
                + " by: log-prob-per-token, model: %1$s/model, max-new-tokens: 6}";
        var heard = new Heard();
        compare(heard, List.of("compare.reference.policy=model"), wins);
        assertThat(heard.messages).anyMatch(m -> m.contains("no answer to 10 of the 12 prompts"));
        // without a separate reference, the base model is the reference
        assertThat(heard.measured).hasSize(5).noneMatch(line -> line.startsWith("reference"));
        assertThat(json("cmp/base/benchmarks.json").at("/wins/details/pairs").asInt())
                .isEqualTo(2);
    }

    @Test
    void aJudgeOverAnApiIsAskedOnce() throws IOException {
        Files.write(
                folder.resolve("others.jsonl"),
                List.of(
                        "{\"instruction\": \"what is 3?\", \"output\": \"\"}",
                        "{\"instruction\": \"what is 4?\", \"output\": \"" + "long ".repeat(50) + "\"}"));
        try (var judge = ChatStub.likingLength()) {
            var wins = "wins: {kind: win-rate, prompts: %1$s/prompts.jsonl, against: %1$s/others.jsonl, by: judge,"
                    + " judge: {model: m, url: '" + judge.address() + "'}, max-new-tokens: 6}";
            var result = compare(new Heard(), List.of(MIX), wins);
            assertThat(result.benchmarks())
                    .hasSize(5)
                    .allSatisfy(
                            row -> assertThat(row.values().get("wins").value()).isEqualTo(0.5));
            assertThat(json("cmp/base/benchmarks.json").at("/wins/details/wins").asInt())
                    .isEqualTo(1);
            var asked = judge.requests.size();
            assertThat(asked).isEqualTo(5 * 2 * 2);
            Files.delete(folder.resolve("cmp/base/benchmarks.json"));
            compare(new Heard(), List.of(MIX), wins);
            assertThat(judge.requests).hasSize(asked);
        }
    }

    @Test
    void mistakesAreFoundBeforeAnythingIsTrained() throws IOException {
        Files.writeString(folder.resolve("questions/things_test.csv"), "what?,a,b,c,d,E\n");
        assertMistake(MMLU, "compare.benchmarks.mmlu", "things_test.csv:1", "the answer is");
        Files.writeString(folder.resolve("prompts.jsonl"), "{\"text\": \"x\"}\n");
        assertMistake(WINS, "compare.benchmarks.wins", "prompts.jsonl:1", "no column messages, instruction or prompt");
        Files.writeString(folder.resolve("prompts.jsonl"), "{\"prompt\": \"x\"}\n");
        Files.writeString(folder.resolve("others.jsonl"), "{\"prompt\": \"y\", \"output\": \"x\"}\n");
        assertMistake(
                WINS.replace("against: reference", "against: %1$s/others.jsonl"), "no answer to any of the 1 prompts");
        assertMistake(
                WINS.replace("against: reference", "against: reference, by: log-prob, model: %1$s/none"),
                "config.json");
        assertMistake(
                WINS.replace(
                        "against: reference", "against: reference, by: judge, judge: {model: m, key-env: NO_SUCH}"),
                "NO_SUCH is not set");
    }

    private void assertMistake(String benchmark, String... parts) {
        var heard = new Heard();
        assertThatThrownBy(() -> compare(heard, List.of(), benchmark))
                .isInstanceOf(UserException.class)
                .hasMessageContainingAll(parts);
        assertThat(folder.resolve("cmp")).doesNotExist();
    }

    @Test
    void aModelThatCannotBeMeasuredLeavesTheOthersAlone() throws IOException {
        compare(new Heard(), List.of());
        var config = folder.resolve("cmp/runs/mix-0.5-seed42/final/adapter_config.json");
        Files.writeString(config, "{}");
        var heard = new Heard();
        var result = compare(heard, List.of(), MMLU);
        assertThat(heard.failed).containsExactly("mix-0.5-seed42 mmlu");
        assertThat(result.benchmarks().get(4).values()).isEmpty();
        assertThat(result.benchmarks().get(5).values()).containsOnlyKeys("mmlu");
        assertThat(result.groups()).hasSize(2);
    }

    private JsonNode json(String file) throws IOException {
        return JsonMapper.shared().readTree(Files.readString(folder.resolve(file)));
    }

    private ComparisonResult compare(Heard heard, List<String> overrides, String... benchmarks) {
        var yaml = new StringBuilder("""
                model: %1$s/model
                objectives:
                  sft: {data: %1$s/sft.jsonl, eval-data: %1$s/sft.jsonl, format: sft, template: "Q: {} A: ", batch-size: 4}
                  preference: {data: %1$s/pairs.jsonl, eval-data: %1$s/pairs.jsonl, format: preference, template: "Q: {} A: ", batch-size: 4}
                lora: {rank: 2}
                optimizer: {learning-rate: 0.003}
                train: {steps: 4, device: cpu, evaluate-every: 0}
                compare:
                  methods: [mix, alright]
                  lambdas: [0.5]
                  answers: {prompts: 0}
                output: %1$s/cmp
                """.formatted(folder));
        if (benchmarks.length > 0) {
            var at = yaml.indexOf("output:");
            yaml.insert(
                    at,
                    "  benchmarks:\n    " + String.join("\n    ", benchmarks).formatted(folder) + "\n");
        }
        var comparison = new Comparison(
                RecipeReader.parseComparison(yaml.toString(), overrides), 1, heard, () -> heard.stopped());
        return comparison.run(comparison.plan());
    }

    private static final class Heard implements ComparisonListener {
        private final List<String> trained = new ArrayList<>();
        private final List<String> measured = new ArrayList<>();
        private final List<String> failed = new ArrayList<>();
        private final List<String> messages = new ArrayList<>();
        private int events;
        private int stopAfter = Integer.MAX_VALUE;

        boolean stopped() {
            return events >= stopAfter;
        }

        @Override
        public void onMessage(String message) {
            messages.add(message);
        }

        @Override
        public void onProgress(String what, long done, long total) {
            events++;
        }

        @Override
        public void onRunEnd(PlannedRun run, FinishedRun result) {
            trained.add(run.name());
        }

        @Override
        public void onBenchmark(String model, String benchmark, BenchmarkScore score) {
            measured.add(model + " " + benchmark);
        }

        @Override
        public void onBenchmarkFailed(String model, String benchmark, String why) {
            failed.add(model + " " + benchmark);
        }
    }
}
