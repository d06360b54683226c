package dev.tandem.cli.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.cli.Main;
import dev.tandem.cli.Outcome;
import dev.tandem.testing.ChildProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** {@code tandem compare} as a user calls it, and killed at arbitrary moments. */
class CompareCommandTest {
    private static final Path GOLDEN = Path.of("..", "testdata", "golden");

    @RegisterExtension
    final ChildProcesses processes = ChildProcesses.ofEachTest();

    @TempDir
    Path folder;

    @Test
    void plansComparesAndSaysWhereTheResultsAre() throws IOException {
        var recipe = recipe(4).toString();
        var dry = run("compare", recipe, "--dry-run");
        assertThat(dry.err()).isEmpty();
        assertThat(dry.code()).isZero();
        assertThat(dry.out()).contains("maxright λ 0.25 0.5", "13 runs, 50 steps; about");
        assertThat(folder.resolve("cmp/runs")).doesNotExist();

        var some = run("compare", recipe, "--only", "mix,maxright-0.5-*");
        assertThat(some.err()).isEmpty();
        assertThat(some.code()).isZero();
        assertThat(some.out())
                .contains("6 of 6  maxright-0.5-seed42", "hypervolume", "Nearest to the ideal point", "Results: ")
                .doesNotContain("alright");
        theReportsCommandsDoWhatTheySay();

        assertThat(run("compare", recipe, "--only", "mixx").err())
                .contains("--only mixx: there is no run of this name", "maxright-0.25-seed42");
        assertThat(run("compare", recipe, "--set", "compare.lambda=0.5").err()).contains("did you mean lambdas?");
        assertThat(run("compare", recipe, "--set", "compare.lambdas=[1]").code())
                .isEqualTo(2);
        assertThat(run("compare", recipe, "--set", "compare.seeds=[1, 2]").err())
                .contains("needs eval-data");
        assertThat(run("compare", recipe, "--jobs", "0").code()).isEqualTo(2);
    }

    private void theReportsCommandsDoWhatTheySay() throws IOException {
        var page = Files.readString(folder.resolve("cmp/report.html"));
        var data = Pattern.compile("\"commands\":(\\[.*?])").matcher(page);
        assertThat(data.find()).isTrue();
        var commands = new ArrayList<String>();
        JsonMapper.shared()
                .readTree(data.group(1))
                .forEach(entry -> commands.add(entry.path("command").asString()));
        assertThat(commands).hasSize(3).allMatch(command -> command.startsWith("tandem "));
        for (var command : commands.subList(1, 3)) {
            var words = command.substring("tandem ".length()).split(" ");
            var outcome = run(words);
            assertThat(outcome.err()).as(command).isEmpty();
            assertThat(outcome.code()).as(command).isZero();
        }
        assertThat(folder.resolve("cmp-again")).isDirectory();
    }

    @Test
    @Timeout(240)
    @DisabledOnOs(OS.WINDOWS)
    void killedAndStoppedFiveTimesItComesToTheSameTable() throws IOException, InterruptedException {
        var whole = recipe(30, "whole");
        assertThat(run("compare", whole.toString()).code()).isZero();
        var killed = recipe(30, "killed");
        var random = new SplittableRandom(11);
        for (var kill = 0; kill < 5; kill++) {
            var process = tandem(killed);
            // the JVM and libtorch take a second or two: some of the moments are before the first step, most are not
            if (!process.waitFor(1500 + random.nextInt(2500), TimeUnit.MILLISECONDS)) {
                if (kill % 2 == 0) {
                    process.destroyForcibly().waitFor();
                } else {
                    // SIGTERM: after the step
                    process.destroy();
                    assertThat(process.waitFor()).isEqualTo(143);
                }
            }
        }
        assertThat(run("compare", killed.toString()).code()).isZero();
        assertThat(table("killed")).isEqualTo(table("whole"));
    }

    /** The whole table except times and memory. */
    private List<String> table(String output) throws IOException {
        var json = JsonMapper.shared()
                .readTree(Files.readString(folder.resolve(output).resolve("results.json")));
        var result = new ArrayList<String>();
        json.path("runs")
                .forEach(run -> result.add(run.path("name").asString()
                        + run.path("losses")
                        + run.path("gaps")
                        + run.path("ideal_distance")
                        + run.path("accuracy")
                        + run.path("steps")
                        + run.path("tokens")));
        result.add(json.path("methods").toString());
        result.add(json.path("dominance").toString());
        return result;
    }

    private Process tandem(Path recipe) throws IOException {
        var command = ChildProcesses.java(List.of(), Main.class.getName(), List.of("compare", recipe.toString()));
        return processes.start(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(
                        recipe.resolveSibling(recipe.getFileName() + ".log").toFile()));
    }

    private static Outcome run(String... arguments) {
        return Outcome.of(arguments);
    }

    private Path recipe(int steps) throws IOException {
        return recipe(steps, "cmp");
    }

    private Path recipe(int steps, String output) throws IOException {
        var data = GOLDEN.resolve("trajectory-qwen3");
        var file = folder.resolve(output + ".yaml");
        Files.writeString(file, String.format("""
                        model: %s
                        objectives:
                          sft: {data: %s/sft.jsonl, format: tokens, batch-size: 4, eval-fraction: 0.2}
                          preference: {data: %s/preference.jsonl, format: tokens, batch-size: 3, eval-fraction: 0.2}
                        lora: {rank: 4}
                        optimizer: {learning-rate: 1.0e-3}
                        train: {steps: %d, device: cpu, threads: 1, evaluate-every: 10, checkpoint-every: 7}
                        compare:
                          lambdas: [0.25, 0.5]
                          reference: {policy: sft, steps: 2}
                        output: %s
                        """, GOLDEN.resolve("qwen3"), data, data, steps, folder.resolve(output)));
        return file;
    }
}
