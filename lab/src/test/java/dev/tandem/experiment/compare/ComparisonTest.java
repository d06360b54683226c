package dev.tandem.experiment.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.UserException;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.train.event.StepEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Real comparisons of a tiny model. */
class ComparisonTest {
    private static final Path GOLDEN = Path.of("..", "testdata", "golden");

    @TempDir
    Path folder;

    @Test
    void comparesMethodsAndGoesOnFromWhatIsThere() throws IOException {
        var heard = new Heard();
        var result = compare(List.of(), heard);
        assertThat(heard.ended)
                .containsExactly(
                        "reference",
                        "optimum-sft",
                        "optimum-preference",
                        "sequential-sft-first-0.5-seed3",
                        "sequential-preference-first-0.5-seed3",
                        "mix-0.5-seed3",
                        "alright-0.5-seed3",
                        "maxright-0.5-seed3");
        assertThat(result.rows()).hasSize(7).allSatisfy(row -> {
            assertThat(row.idealDistance())
                    .isEqualTo(Math.hypot(row.gaps().get("sft"), row.gaps().get("preference")), within(1e-12));
            assertThat(row.finished().peakMemoryBytes()).isPresent();
        });
        assertThat(result.groups())
                .hasSize(5)
                .allSatisfy(group -> assertThat(group.values())
                        .containsKeys(
                                "sft", "preference", "sft_gap", "preference_gap", "ideal_distance", "time_increase"));
        assertThat(result.optima().get("sft"))
                .isLessThanOrEqualTo(result.rows().get(0).finished().losses().get("sft"));
        // every later run is measured against what the optima reached
        assertThat(recipe("maxright-0.5-seed3"))
                .contains("optimum: " + result.optima().get("sft"))
                .contains("optimum: " + result.optima().get("preference"));
        // the reference is not the model that the runs start from
        assertThat(recipe("mix-0.5-seed3")).contains("adapter: " + folder.resolve("cmp/runs/reference/final"));
        assertThat(folder.resolve("cmp/results.csv")).content().hasLineCount(8).startsWith("run,method,lambda,seed,");
        var json = JsonMapper.shared().readTree(Files.readString(folder.resolve("cmp/results.json")));
        assertThat(json.path("runs").size()).isEqualTo(7);
        assertThat(json.path("methods").size()).isEqualTo(5);

        var before = Files.readString(folder.resolve("cmp/results.csv"));
        var again = new Heard();
        compare(List.of(), again);
        assertThat(again.steps).isZero();
        assertThat(folder.resolve("cmp/results.csv")).hasContent(before);

        // nothing that was trained depends on it
        compare(List.of("train.evaluate-every=2", "train.max-consecutive-skips=3", "train.threads=1"), again);
        assertThat(again.steps).isZero();

        var more = new Heard();
        compare(List.of("compare.lambdas=[0.5, 0.25]"), more);
        assertThat(more.ended).hasSize(5).allMatch(name -> name.contains("-0.25-"));

        assertThatThrownBy(() -> compare(List.of("optimizer.learning-rate=0.5"), new Heard()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("made by another recipe")
                .hasMessageContaining("optimizer.learning-rate: 0.001 → 0.5");
        // a finished run cannot get another length
        assertThatThrownBy(() -> compare(List.of("compare.optimum-steps=7"), new Heard()))
                .hasMessageContaining("train.steps: 6 → 7");
        assertThatThrownBy(() -> compare(List.of("train.early-stop.gap=0.1"), new Heard()))
                .hasMessageContaining("train.early-stop.gap: nothing → 0.1");
    }

    @Test
    void stoppedItGoesOnToTheSameNumbers() throws IOException {
        var whole = losses(compare(List.of("output=" + folder.resolve("whole")), new Heard()));
        var stops = List.of(3, 5, 9, 2, 17);
        for (var stop : stops) {
            var heard = new Heard();
            heard.stopAfter = stop;
            assertThatThrownBy(() -> compare(List.of(), heard)).isInstanceOf(CancellationException.class);
        }
        assertThat(losses(compare(List.of(), new Heard()))).isEqualTo(whole);
        assertThat(folder.resolve("cmp/runs/mix-0.5-seed3/checkpoints")).doesNotExist();
    }

    @Test
    void severalAtATimeGiveTheSameNumbers() throws IOException {
        var one = losses(compare(List.of("output=" + folder.resolve("one"), "train.threads=1"), new Heard()));
        assertThat(losses(compare(List.of("train.threads=1"), new Heard(), 2))).isEqualTo(one);
    }

    @Test
    void severalSeedsGiveMeansAndDeviations() throws IOException {
        evaluation = "eval-data: " + GOLDEN.resolve("trajectory-qwen3") + "/%s.jsonl";
        var heard = new Heard();
        var result = compare(List.of("compare.seeds=[3, 4, 5]", "compare.methods=[alright, maxright]"), heard);
        assertThat(heard.ended)
                .containsExactly(
                        "reference",
                        "optimum-sft",
                        "optimum-preference",
                        "alright-0.5-seed3",
                        "maxright-0.5-seed3",
                        "alright-0.5-seed4",
                        "maxright-0.5-seed4",
                        "alright-0.5-seed5",
                        "maxright-0.5-seed5");
        assertThat(result.groups()).hasSize(2).allSatisfy(group -> {
            var distances = result.rows().stream()
                    .filter(row -> row.run().name().startsWith(group.method()))
                    .mapToDouble(ComparisonResult.Row::idealDistance)
                    .toArray();
            assertThat(distances).hasSize(3).doesNotHaveDuplicates();
            var mean = Arrays.stream(distances).average().orElseThrow();
            var squares =
                    Arrays.stream(distances).map(d -> (d - mean) * (d - mean)).sum();
            assertThat(group.seeds()).isEqualTo(3);
            assertThat(group.value("ideal_distance").mean()).isCloseTo(mean, within(1e-12));
            assertThat(group.value("ideal_distance").deviation()).isCloseTo(Math.sqrt(squares / 2), within(1e-12));
        });
        assertThat(folder.resolve("cmp/results.csv")).content().hasLineCount(9);
    }

    @Test
    void aRunThatFailsLeavesTheOthersAlone() throws IOException {
        compare(List.of("compare.methods=[mix]"), new Heard());
        Files.writeString(
                folder.resolve("cmp/runs/mix-0.5-seed3/recipe.yaml"),
                recipe("mix-0.5-seed3").replace("lambda: 0.5", "lambda: 0.4"));
        var heard = new Heard();
        var result = compare(List.of("compare.methods=[mix, alright]"), heard);
        assertThat(heard.failed).containsExactly("mix-0.5-seed3");
        assertThat(result.groups()).extracting(ComparisonResult.Group::method).containsExactly("alright");
    }

    /** Which rows are evaluated on; the objective's name goes in. */
    private String evaluation = "eval-fraction: 0.2";

    private String recipe(String run) throws IOException {
        return Files.readString(folder.resolve("cmp/runs").resolve(run).resolve("recipe.yaml"));
    }

    private static List<String> losses(ComparisonResult result) {
        return result.rows().stream()
                .map(row -> row.run().name()
                        + row.finished().losses()
                        + row.finished().statistics())
                .collect(Collectors.toList());
    }

    private ComparisonResult compare(List<String> overrides, Heard heard) throws IOException {
        return compare(overrides, heard, 1);
    }

    private ComparisonResult compare(List<String> overrides, Heard heard, int jobs) throws IOException {
        var data = GOLDEN.resolve("trajectory-qwen3");
        var yaml = String.format(
                """
                        model: %s
                        objectives:
                          sft: {data: %s/sft.jsonl, format: tokens, batch-size: 4, %s}
                          preference: {data: %s/preference.jsonl, format: tokens, batch-size: 3, %s}
                        lora: {rank: 4, dropout: 0.1}
                        optimizer: {learning-rate: 1.0e-3}
                        train: {steps: 8, device: cpu, seed: 3, evaluate-every: 3, checkpoint-every: 2}
                        compare:
                          lambdas: [0.5]
                          reference: {policy: sft, steps: 3}
                          optimum-steps: 6
                          evaluate-every: 3
                        output: %s
                        """,
                GOLDEN.resolve("qwen3"),
                data,
                evaluation.formatted("sft"),
                data,
                evaluation.formatted("preference"),
                folder.resolve("cmp"));
        var comparison =
                new Comparison(RecipeReader.parseComparison(yaml, overrides), jobs, heard, () -> heard.stopped());
        return comparison.run(comparison.plan());
    }

    private static final class Heard implements ComparisonListener {
        private final List<String> ended = new ArrayList<>();
        private final List<String> failed = new ArrayList<>();
        private volatile int steps;
        private int stopAfter = Integer.MAX_VALUE;

        boolean stopped() {
            return steps >= stopAfter;
        }

        @Override
        public void onStep(ComparisonRun run, StepEvent event) {
            steps++;
        }

        @Override
        public void onRunEnd(ComparisonRun run, RunOutcome result) {
            ended.add(run.name());
        }

        @Override
        public void onRunFailed(ComparisonRun run, String why) {
            failed.add(run.name());
        }
    }
}
