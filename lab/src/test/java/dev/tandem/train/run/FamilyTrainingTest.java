package dev.tandem.train.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.distributed.LocalRanks;
import dev.tandem.golden.Golden;
import dev.tandem.model.Computation;
import dev.tandem.model.batch.PackedSequences;
import dev.tandem.model.checkpoint.ModelLoader;
import dev.tandem.model.family.ModelFamilies;
import dev.tandem.model.layer.Dropout;
import dev.tandem.plan.Cluster;
import dev.tandem.plan.Plan;
import dev.tandem.plan.PlannedRecipe;
import dev.tandem.recipe.Recipe;
import dev.tandem.tensor.machine.NativeSetup;
import dev.tandem.train.event.TrainingListener;
import dev.tandem.train.export.ModelExport;
import dev.tandem.train.export.ModelExport.Stored;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Families are trained, exported, split among ranks and planned like any other. */
class FamilyTrainingTest {
    private static final int STEPS = 6;
    private static final int ROWS = 4;
    private static final Pattern NUMBER = Pattern.compile("\\d+");

    @TempDir
    Path folder;

    @BeforeAll
    static void natives() {
        NativeSetup.ensure();
    }

    static Stream<Arguments> ways() {
        return Golden.OF_TRANSFORMERS.stream()
                .flatMap(family -> Stream.of(Arguments.of(family, true), Arguments.of(family, false)));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void lossesFallAndWhatIsExportedComputesTheSame(String family, boolean lora) throws Exception {
        var recipe = recipe(family, "run", lora, 0);
        train(recipe, 1);
        var evaluations = evaluations(recipe.output());
        for (var objective : List.of("sft", "preference")) {
            assertThat(loss(evaluations.get(evaluations.size() - 1), objective))
                    .as(objective)
                    .isLessThan(0.95 * loss(evaluations.get(0), objective));
        }
        var trained = recipe.output().resolve("final");
        var base = lora ? Golden.directory(family) : trained;
        var adapter = lora ? Optional.of(trained) : Optional.<Path>empty();
        var out = folder.resolve("exported");
        var messages = new ArrayList<String>();
        assertThat(new ModelExport(base, adapter, out, Stored.FP32, 60_000, Optional.empty(), "cpu")
                        .write(true, messages::add))
                .as("%s", messages)
                .isTrue();
        var expected = logits(base, adapter);
        var untrained = logits(Golden.directory(family), Optional.empty());
        assertThat(logits(out, Optional.empty()))
                .usingComparatorWithPrecision(lora ? 1e-5f : 0f)
                .containsExactly(expected);
        assertThat(distance(untrained, expected)).isGreaterThan(1e-2);
    }

    /** The planned exchange is also the actual one. */
    @ParameterizedTest
    @MethodSource("ways")
    void twoRanksThatSplitEverythingTrainAsOneProcess(String family, boolean lora) throws Exception {
        var alone = recipe(family, "alone", lora, 0);
        train(alone, 1);
        var split = recipe(family, "split", lora, 3);
        train(split, 2);
        var expected = evaluations(alone.output());
        var actual = evaluations(split.output());
        assertThat(actual).hasSameSizeAs(expected);
        for (var i = 0; i < expected.size(); i++) {
            for (var objective : List.of("sft", "preference")) {
                var loss = loss(expected.get(i), objective);
                assertThat(loss(actual.get(i), objective)).isCloseTo(loss, within(1e-3 * loss));
            }
        }
        var run = PlannedRecipe.of(split, false, OptionalLong.empty());
        var planned = Plan.of(run, Cluster.ofCpus(1, 1e9, false), List.of(2), OptionalInt.empty())
                .rows()
                .get(3);
        assertThat(JsonMapper.shared()
                        .readTree(Files.readString(split.output().resolve("summary.json")))
                        .path("exchanged")
                        .path("gradient_bytes")
                        .doubleValue())
                .isEqualTo(planned.step().gradientBytes() * STEPS);
    }

    private Recipe recipe(String family, String name, boolean lora, int stage) throws Exception {
        var vocabulary = ModelFamilies.read(Golden.directory(family)).vocabSize();
        for (var rows : List.of("sft", "preference")) {
            // a batch of them: every step learns the same rows
            try (var lines = Files.lines(Golden.directory("trajectory-qwen3").resolve(rows + ".jsonl"))) {
                Files.write(
                        folder.resolve(rows + ".jsonl"),
                        lines.limit(ROWS)
                                .map(line -> ofVocabulary(line, vocabulary))
                                .toList());
            }
        }
        return new TinyRun(folder)
                .recipe(
                        name,
                        "model=" + Golden.directory(family).toAbsolutePath(),
                        "method={name: mix, lambda: 0.5}",
                        "objectives.sft.batch-size=" + ROWS,
                        "objectives.preference.batch-size=" + ROWS,
                        "objectives.sft.data=" + folder.resolve("sft.jsonl"),
                        "objectives.sft.eval-data=" + folder.resolve("sft.jsonl"),
                        "objectives.preference.data=" + folder.resolve("preference.jsonl"),
                        "objectives.preference.eval-data=" + folder.resolve("preference.jsonl"),
                        "train.steps=" + STEPS,
                        "train.zero-stage=" + stage,
                        lora ? "lora.targets=all-linear" : "lora=",
                        "optimizer.learning-rate=" + (lora ? "1.0e-2" : "3.0e-3"),
                        // Adam would make a step that consists of rounding, where a gradient is almost 0
                        "optimizer.eps=1.0e-4",
                        "cache=none");
    }

    private static String ofVocabulary(String row, int vocabulary) {
        return NUMBER.matcher(row).replaceAll(id -> String.valueOf(Integer.parseInt(id.group()) % vocabulary));
    }

    private static void train(Recipe recipe, int ranks) {
        if (ranks == 1) {
            new TrainingRun(recipe, false).train(new TrainingListener() {}, () -> false);
            return;
        }
        LocalRanks.run(
                ranks,
                rank -> new TrainingRun(recipe, false).withRanks(rank).train(new TrainingListener() {}, () -> false));
    }

    private static List<JsonNode> evaluations(Path run) throws Exception {
        return Files.readAllLines(run.resolve("metrics.jsonl")).stream()
                .map(line -> JsonMapper.shared().readTree(line))
                .filter(line -> line.path("type").stringValue().equals("evaluation"))
                .toList();
    }

    private static double loss(JsonNode evaluation, String objective) {
        return evaluation.path("losses").path(objective).doubleValue();
    }

    /** Starts from a random text. */
    private static float[] logits(Path model, Optional<Path> adapter) {
        var computation = Computation.of(ScalarType.Float, new Device("cpu"));
        try (var scope = new PointerScope();
                var guard = new NoGradGuard();
                var loaded = ModelLoader.load(model, adapter, computation)) {
            var ids = new SplittableRandom(1)
                    .ints(20, 0, loaded.spec().vocabSize())
                    .toArray();
            var hidden = loaded.hidden(PackedSequences.prompt(ids), Dropout.none());
            return loaded.head().logits(hidden.narrow(0, ids.length - 1L, 1))[0];
        }
    }

    private static double distance(float[] a, float[] b) {
        var most = 0.0;
        for (var i = 0; i < a.length; i++) {
            most = Math.max(most, Math.abs(a[i] - b[i]));
        }
        return most;
    }
}
