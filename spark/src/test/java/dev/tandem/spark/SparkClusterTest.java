package dev.tandem.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.UserException;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.spark.ship.Shipment;
import dev.tandem.testing.ChildProcesses;
import dev.tandem.train.event.TrainingListener;
import dev.tandem.train.folder.RunDirectory;
import dev.tandem.train.folder.RunState;
import dev.tandem.train.run.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs on a real cluster, with a worker that is really killed. */
@DisabledOnOs(OS.WINDOWS)
class SparkClusterTest {
    private static final int STEPS = 60;

    @RegisterExtension
    static final ChildProcesses PROCESSES = ChildProcesses.ofTheClass();

    @TempDir
    static Path folder;

    private static LocalCluster cluster;
    private static SparkSession session;

    private final ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();

    @BeforeAll
    static void start() throws IOException {
        cluster = new LocalCluster(PROCESSES, folder, 2);
        session = cluster.session();
    }

    @AfterAll
    static void stop() {
        session.stop();
    }

    @Test
    void aRunOutlivesAWorkerAndEndsAsOneProcessWould() throws IOException {
        var alone = recipe("alone", "steps: " + STEPS);
        new TrainingRun(alone, false).train(new TrainingListener() {}, () -> false);
        var together = recipe("together", "steps: " + STEPS + ", checkpoint-every: 5");
        var copy = new RunDirectory(folder.resolve("copy"));
        var checkpoints = new RunDirectory(together.output()).checkpoints();
        var killed = new AtomicBoolean();
        var result = SparkTraining.of(together, 2)
                .withMaxRestarts(1)
                .shipping(Set.of(Shipment.Part.MODEL, Shipment.Part.DATA))
                .copying(copy.root())
                .withJavaOptions(List.of("-XX:TieredStopAtLevel=1"))
                .run(session, lines::add, () -> {
                    if (Files.exists(checkpoints.resolve("step-5")) && killed.compareAndSet(false, true)) {
                        cluster.killWorkerAtWork();
                    }
                    return false;
                });

        assertThat(result).as(() -> String.join("\n", lines)).isEqualTo(new SparkTrainingResult(copy, false, 1));
        assertThat(lines).anyMatch(line -> line.matches("(?s)Of 2 ranks, rank [01] on 127.0.0.1 was lost: .*"));
        var expected = losses(alone);
        var losses = losses(together);
        assertThat(losses).hasSameSizeAs(expected);
        for (var i = 0; i < losses.size(); i++) {
            assertThat(losses.get(i)).isCloseTo(expected.get(i), within(1e-4));
        }
        var written = new RunDirectory(together.output());
        assertThat(copy.metrics()).hasSameTextualContentAs(written.metrics());
        assertThat(copy.log()).hasSameTextualContentAs(written.log());
        assertThat(copy.summary()).hasSameTextualContentAs(written.summary());
        assertThat(RunState.read(copy.state()).orElseThrow().phase()).isEqualTo(RunState.Phase.COMPLETED);
        assertThat(steps(copy)).isEqualTo(IntStream.range(0, STEPS).boxed().toList());
        assertThat(written.finalModel().resolve("adapter_model.safetensors")).exists();
        assertThat(folder.resolve("together/run")).isDirectoryNotContaining("glob:**tandem-probe*");
    }

    @Test
    void aMistakeIsNotTriedAgainAndAStopWritesACheckpoint() throws IOException {
        var nowhere = RecipeReader.parse(
                RecipeReader.write(recipe("nowhere", "steps: 3")), List.of("model=" + folder.resolve("nowhere")));
        assertThatThrownBy(() -> SparkTraining.of(nowhere, 2).withMaxRestarts(3).run(session, lines::add, () -> false))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("Rank ")
                .hasMessageContaining("nowhere");
        assertThat(lines).noneMatch(line -> line.contains("Restarting"));

        var stopped = recipe("stopped", "steps: 100000");
        var run = new RunDirectory(stopped.output());
        var result = SparkTraining.of(stopped, 1).run(session, lines::add, () -> Files.exists(run.metrics()));
        assertThat(result).isEqualTo(new SparkTrainingResult(run, true, 0));
        assertThat(lines).anyMatch(line -> line.startsWith("Stopped after step "));
        assertThat(run.checkpoints()).isNotEmptyDirectory();
        assertThatThrownBy(() -> SparkTraining.of(stopped, 1).run(session, lines::add, () -> false))
                .hasMessageContaining("already holds a run");
    }

    @Test
    void tokensAreThoseOfTheRowsThemselves() throws IOException {
        new TokenizationCheck(session, folder.resolve("tokens")).run();
    }

    private static Recipe recipe(String name, String train) throws IOException {
        var golden = Path.of("..", "testdata", "golden");
        var data = golden.resolve("trajectory-qwen3");
        return RecipeReader.parse(
                String.format(
                        """
                        model: %s
                        method: {name: mix, lambda: 0.5}
                        objectives:
                          sft: {data: %s/sft.jsonl, eval-data: %s/sft_eval.jsonl, format: tokens, batch-size: 5}
                          preference: {data: %s/preference.jsonl, eval-data: %s/preference_eval.jsonl, format: tokens, batch-size: 5}
                        lora: {rank: 4, targets: [q_proj, v_proj]}
                        optimizer: {learning-rate: 0.01}
                        train: {device: cpu, threads: 1, %s}
                        output: %s
                        """, golden.resolve("qwen3"), data, data, data, data, train, folder.resolve(name + "/run")),
                List.of());
    }

    private static List<Double> losses(Recipe recipe) throws IOException {
        var result = new ArrayList<Double>();
        for (var line : metrics(new RunDirectory(recipe.output()))) {
            line.path("losses").forEach(loss -> result.add(loss.doubleValue()));
        }
        return result;
    }

    private static List<Integer> steps(RunDirectory run) throws IOException {
        return metrics(run).stream()
                .filter(line -> line.path("type").asString("").equals("step"))
                .map(line -> line.path("step").intValue())
                .toList();
    }

    private static List<JsonNode> metrics(RunDirectory run) throws IOException {
        return Files.readAllLines(run.metrics()).stream()
                .map(line -> JsonMapper.shared().readTree(line))
                .toList();
    }
}
