package dev.tandem.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** The commands as a user calls them, on the core's golden models. */
class CommandsTest {
    private static final Path GOLDEN = Path.of("..", "testdata", "golden");

    @TempDir
    Path folder;

    @Test
    void everyCommandHasHelp() {
        for (var command : List.of(
                "",
                "demo",
                "train",
                "compare",
                "report",
                "board",
                "score",
                "generate",
                "chat",
                "export",
                "eval",
                "eval multiple-choice",
                "eval loss",
                "eval reward",
                "data",
                "data check",
                "bench",
                "theory")) {
            var arguments = (command + " --help").strip().split(" ");
            assertThat(run(arguments)).satisfies(o -> {
                assertThat(o.code()).isZero();
                assertThat(o.out()).startsWith("Usage: tandem");
            });
        }
        assertThat(run("--version").out()).startsWith("tandem ");
    }

    @Test
    void trainsAndSaysWhereTheResultIs() throws IOException {
        var outcome = run("train", recipe().toString(), "--set", "train.steps=3");
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out())
                .contains("Policy: qwen3", "trainable", "Memory estimate", "evaluation after 0 steps")
                .contains("ideal distance", "Adapter: " + folder.resolve("run/final"));
        assertThat(folder.resolve("run/final/adapter_model.safetensors")).exists();
        assertThat(folder.resolve("run/recipe.yaml")).content().contains("steps: 3");
        assertThat(folder.resolve("run/summary.json")).content().contains("\"reason\" : \"completed\"");
        assertThat(run("train", folder.resolve("run/recipe.yaml").toString(), "--set", "output=" + folder.resolve("b"))
                        .code())
                .isZero();
    }

    @Test
    void mistakesOfTheUserAreTwoAndOneSentence() throws IOException {
        assertMistake(run("train", "none.yaml"), "There is no recipe none.yaml");
        assertMistake(run("train", recipe().toString(), "--set", "train.sede=1"), "did you mean seed?");
        assertMistake(run("train", recipe().toString(), "--set", "model=" + folder.resolve("nowhere")), "config.json");
        assertThat(run("train").code()).isEqualTo(2);
        assertThat(run("trian").code()).isEqualTo(2);
        assertThat(run("score", "--model", "x", "--data", "y", "--format", "z", "--out", "o")
                        .err())
                .contains("'z' is not a row format");
        assertThat(run("train", "none.yaml", "--verbose").err()).contains("UserException");
    }

    @Test
    void aBoardNeedsAFolderAndATokenThatIsHardToGuess() {
        assertMistake(run("board", folder.resolve("none").toString()), "There is no folder");
        assertMistake(run("board", folder.toString(), "--token", "short"), "The token must be");
        assertMistake(run("board", folder.toString(), "--port", "70000"), "--port");
    }

    private static void assertMistake(Outcome outcome, String message) {
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains(message).doesNotContain("\tat ");
        assertThat(outcome.err().strip().lines()).hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void scoresGoldenRowsWithAndWithoutAnAdapter() throws IOException {
        var golden = JsonMapper.shared().readTree(Files.readString(GOLDEN.resolve("llama/golden.json")));
        var rows = folder.resolve("rows.jsonl");
        var lines = new ArrayList<String>();
        golden.get("rows").forEach(row -> lines.add(row.toString()));
        lines.add("{\"input_ids\": [1, 2], \"prompt_length\": 2}");
        Files.write(rows, lines);

        var plain = score(rows, "out.jsonl");
        assertThat(plain).hasSize(lines.size());
        for (var i = 0; i < lines.size() - 1; i++) {
            var scored = JsonMapper.shared().readTree(plain.get(i));
            assertThat(scored.get("index").intValue()).isEqualTo(i);
            assertThat(scored.get("logp_sum").doubleValue())
                    .isCloseTo(golden.get("logp_sum").get(i).doubleValue(), org.assertj.core.data.Offset.offset(2e-4));
            assertThat(scored.get("tokens").intValue())
                    .isEqualTo(golden.get("logps").get(i).size());
        }
        assertThat(plain.get(lines.size() - 1)).contains("\"dropped\":\"no_trained_token\"");
        var adapted = score(
                rows,
                "adapted.jsonl",
                "--adapter",
                GOLDEN.resolve("llama/adapter").toString());
        assertThat(adapted).isNotEqualTo(plain);
    }

    private List<String> score(Path rows, String out, String... more) throws IOException {
        var arguments = new ArrayList<>(List.of(
                "score",
                "--model",
                GOLDEN.resolve("llama").toString(),
                "--data",
                rows.toString(),
                "--format",
                "tokens",
                "--out",
                folder.resolve(out).toString()));
        arguments.addAll(List.of(more));
        var outcome = run(arguments.toArray(String[]::new));
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        return Files.readAllLines(folder.resolve(out));
    }

    @Test
    void checksDataWithoutAModel() throws IOException {
        var good = folder.resolve("good.jsonl");
        Files.write(
                good,
                List.of(
                        "{\"input_ids\": [1, 2, 3], \"prompt_length\": 1}",
                        "{\"input_ids\": [1, 2], \"prompt_length\": 2}"));
        var pairs = folder.resolve("pairs.jsonl");
        Files.writeString(pairs, "{\"prompt\": \"a\", \"chosen\": \"b\", \"rejected\": \"c\"}\n");
        var broken = folder.resolve("broken.jsonl");
        Files.writeString(broken, "{\"prompt\": \"a\"\n");

        var fine = run("data", "check", good.toString(), pairs.toString());
        assertThat(fine.code()).isZero();
        assertThat(fine.out())
                .contains("2 rows, format tokens")
                .contains("1 dropped: no token to train (" + good + ":2)")
                .contains("1 rows, format preference")
                .contains("columns: prompt, chosen, rejected");
        Files.writeString(pairs, "{\"prompt\": \"a\", \"chosen\": \"b\"}\n", java.nio.file.StandardOpenOption.APPEND);
        assertThat(run("data", "check", pairs.toString())).satisfies(o -> {
            assertThat(o.code()).isEqualTo(2);
            assertThat(o.out()).contains("rejected (in 1 rows)").contains(pairs + ":2: no column 'rejected'");
        });
        var lengths = folder.resolve("lengths.json");
        var noLengths = run("data", "check", pairs.toString(), "--lengths", lengths.toString());
        assertThat(noLengths.code()).isEqualTo(2);
        assertThat(noLengths.err()).contains("--model");
        assertThat(lengths).doesNotExist();
        assertThat(run("data", "check", good.toString(), "--lengths", lengths.toString())
                        .code())
                .isZero();
        assertThat(lengths).content().isEqualTo("{\"sft\":[[1,2]],\"preference\":[]}\n");
        var bad = run("data", "check", good.toString(), broken.toString());
        assertThat(bad.code()).isEqualTo(2);
        assertThat(bad.out()).contains(broken + ": cannot be used").contains(broken + ":1");
    }

    @Test
    void checksAllDataOfARecipeAsARunWould() throws IOException {
        var recipe = recipe();
        var outcome = run("data", "check", "--recipe", recipe.toString(), "--examples", "1");
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out())
                .contains("format tokens, objective sft\n", "objective sft, for evaluation", "objective preference")
                .contains("tokens: ", "█", "example ", ", rejected:", "⟦");
        var json = JsonMapper.shared()
                .readTree(run("data", "check", "--json", "--recipe", recipe.toString())
                        .out());
        assertThat(json.get("stops_a_run").booleanValue()).isFalse();
        assertThat(json.get("files")).hasSize(3);
        assertThat(json.at("/files/0/kept").intValue())
                .isEqualTo(json.at("/files/0/rows").intValue());
        assertMistake(
                run("data", "check", "--recipe", recipe.toString(), "--max-length", "9"),
                "The recipe determines what --max-length would");
        assertMistake(run("data", "check"), "Name either data files or --recipe");
        assertMistake(run("data", "check", "a.jsonl", "--recipe", recipe.toString()), "Name either");
    }

    @Test
    void findsEvaluationRowsThatAreTrained() throws IOException {
        var data = GOLDEN.resolve("trajectory-qwen3");
        var training = folder.resolve("train.jsonl");
        Files.copy(data.resolve("sft.jsonl"), training);
        var evaluation = folder.resolve("eval.jsonl");
        Files.write(evaluation, List.of(Files.readAllLines(training).get(3)));
        var outcome = run("data", "check", training.toString(), "--eval", evaluation.toString());
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).contains("1 of 1 rows are training data too").contains("(" + evaluation + ":1)");
        var trained = run(
                "train",
                recipe().toString(),
                "--set",
                "train.steps=1",
                "--set",
                "objectives.sft.eval-data=" + evaluation);
        assertThat(trained.out()).contains("sft: warning: 1 of 1 evaluation examples are training examples too");
    }

    private Path recipe() throws IOException {
        var data = GOLDEN.resolve("trajectory-qwen3");
        var file = folder.resolve("recipe.yaml");
        Files.writeString(file, String.format("""
                model: %s
                method: {name: maxright, lambda: 0.5}
                objectives:
                  sft: {data: %s/sft.jsonl, eval-data: %s/sft_eval.jsonl, format: tokens, batch-size: 4, optimum: 0}
                  preference: {data: %s/preference.jsonl, format: tokens, batch-size: 3, optimum: 0}
                lora: {rank: 4}
                train: {steps: 12, device: cpu}
                output: %s
                """, GOLDEN.resolve("qwen3"), data, data, data, folder.resolve("run")));
        return file;
    }

    private static Outcome run(String... arguments) {
        return Outcome.of(arguments);
    }
}
