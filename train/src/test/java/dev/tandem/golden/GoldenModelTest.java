package dev.tandem.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.data.example.Example;
import dev.tandem.model.CausalLm;
import dev.tandem.model.Computation;
import dev.tandem.model.batch.PackedSequences;
import dev.tandem.model.batch.SpanBySpan;
import dev.tandem.model.checkpoint.ModelLoader;
import dev.tandem.model.family.ModelFamilies;
import dev.tandem.model.head.HeadTiles;
import dev.tandem.model.lora.LoraAdapter;
import dev.tandem.objective.LogProbs;
import dev.tandem.objective.Objective;
import dev.tandem.objective.pair.Dpo;
import dev.tandem.objective.pair.Ipo;
import dev.tandem.objective.response.Sft;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.flat.FlatParameters;
import dev.tandem.tensor.machine.NativeSetup;
import dev.tandem.tensor.parallel.ReplicaThreads;
import dev.tandem.train.loop.BatchLoss;
import dev.tandem.train.loop.DatasetBatches;
import dev.tandem.train.loop.MicroBatches;
import dev.tandem.train.loop.ObjectiveTask;
import dev.tandem.train.loop.TrainingBatch;
import dev.tandem.train.policy.Policy;
import dev.tandem.train.reference.ReferenceLogProbs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Every model family against values computed independently: logits, log-probs, losses, gradients, LoRA. */
class GoldenModelTest {
    private static final double LOG_PROB_TOLERANCE = 2e-4;
    private static final double LOSS_RELATIVE = 1e-5;
    private static final double NORM_RELATIVE = 1e-3;
    private static final double NORM_ABSOLUTE = 1e-6;

    private final Device device = TestDevice.get();

    @BeforeAll
    static void natives() {
        NativeSetup.ensure();
        TestDevice.get();
    }

    @ParameterizedTest
    @MethodSource("dev.tandem.golden.Golden#families")
    void logitsAndLogProbs(String family) {
        var golden = Golden.values(family);
        try (var scope = new PointerScope();
                var guard = new NoGradGuard();
                var model = load(family)) {
            var rows = Golden.rows(golden.get("rows"));
            assertLogits(model, rows, golden.get("logits"));
            var packed = PackedSequences.of(Golden.sequences(rows));
            var logProbs = new LogProbs(model.logProbs(packed), packed.targetStarts());
            for (var i = 0; i < rows.size(); i++) {
                var expected = Golden.doubles(golden.get("logps").get(i));
                assertThat(logProbs.length(i)).isEqualTo(expected.length);
                for (var t = 0; t < expected.length; t++) {
                    assertThat((double) logProbs.values()[logProbs.offsets()[i] + t])
                            .isCloseTo(expected[t], within(LOG_PROB_TOLERANCE));
                }
                var sum = golden.get("logp_sum").get(i).doubleValue();
                assertThat(logProbs.sum(i)).isCloseTo(sum, within(LOG_PROB_TOLERANCE * Math.max(1, expected.length)));
            }
        }
    }

    private void assertLogits(CausalLm model, List<Example> rows, JsonNode expected) {
        for (var i = 0; i < rows.size(); i++) {
            var ids = rows.get(i).sequences().get(0).ids();
            var hidden = model.hidden(PackedSequences.prompt(ids), dev.tandem.model.layer.Dropout.none())
                    .narrow(0, ids.length - 1L, 1);
            var logits = model.head().logits(hidden)[0];
            var golden = Golden.doubles(expected.get(i).get("values"));
            assertThat(logits).hasSameSizeAs(golden);
            for (var v = 0; v < golden.length; v++) {
                assertThat((double) logits[v]).isCloseTo(golden[v], within(LOG_PROB_TOLERANCE));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.tandem.golden.Golden#families")
    void referenceLogProbs(String family, @org.junit.jupiter.api.io.TempDir Path temporary) throws Exception {
        var golden = Golden.values(family);
        var expected = Golden.doubles(golden.get("reference_logp_chosen"));
        java.nio.file.Files.copy(
                Golden.directory(family).resolve("reference.safetensors"), temporary.resolve("model.safetensors"));
        java.nio.file.Files.copy(Golden.directory(family).resolve("config.json"), temporary.resolve("config.json"));
        try (var reference = ModelLoader.load(temporary, Computation.of(ScalarType.Float, device))) {
            var sums = sums(reference, Golden.pairs(golden.get("pairs")));
            for (var i = 0; i < expected.length; i++) {
                assertThat(sums[2 * i]).isCloseTo(expected[i], Percentage.withPercentage(1e-3));
                assertThat(sums[2 * i + 1])
                        .isCloseTo(
                                golden.get("reference_logp_rejected").get(i).doubleValue(),
                                Percentage.withPercentage(1e-3));
            }
        }
    }

    /** Every family is computed as usual, and with every choice that must not change the numbers reversed. */
    static Stream<Arguments> computations() {
        var usual = Computation.of(ScalarType.Float, TestDevice.get());
        var otherwise = usual.withSharedPrompts(!usual.sharedPrompts())
                .withCheckpointActivations(!usual.checkpointActivations())
                .withFusedProjections(!usual.fusedProjections())
                // tiles smaller than batch and vocabulary, so that tiling is tested
                .withHeadTiles(new HeadTiles(7, 70));
        var inOneCall = usual.withVariableLength(Optional.of(new SpanBySpan()));
        return Golden.families()
                .flatMap(family -> Stream.of(
                        Arguments.of(family, Named.of("usual", usual)),
                        Arguments.of(family, Named.of("otherwise", otherwise)),
                        Arguments.of(family, Named.of("attention in one call", inOneCall))));
    }

    @ParameterizedTest
    @MethodSource("computations")
    void lossesAndGradientsOfAllParameters(String family, Computation computation) {
        var golden = Golden.values(family);
        var pairs = Golden.pairs(golden.get("pairs"));
        var reference = interleaved(golden.get("reference_logp_chosen"), golden.get("reference_logp_rejected"));
        try (var policy = fullPolicy(family, computation)) {
            check(policy, new Sft(), Golden.rows(golden.get("rows")), new double[0], golden, "sft");
            check(policy, new Dpo(0.1, 0.0), pairs, reference, golden, "dpo");
            check(policy, new Ipo(0.1), pairs, reference, golden, "ipo");
            check(policy, new Dpo(0.1, 0.1), pairs, reference, golden, "cdpo_0.1");
        }
    }

    @ParameterizedTest
    @MethodSource("computations")
    void loraLossesAndGradients(String family, Computation computation) {
        var golden = Golden.values(family);
        var lora = golden.get("lora");
        var rows = Golden.rows(golden.get("rows"));
        var pairs = Golden.pairs(golden.get("pairs"));
        try (var policy = loraPolicy(family, computation)) {
            var sums = sums(policy.model(), rows);
            var expected = Golden.doubles(lora.get("logp_sum"));
            for (var i = 0; i < expected.length; i++) {
                assertThat(sums[i]).isCloseTo(expected[i], within(2e-3));
            }
            policy.model().adapter(Optional.empty());
            var reference = sums(policy.model(), pairs);
            policy.model().adapter(policy.adapter());
            check(policy, new Sft(), rows, new double[0], lora, "sft");
            check(policy, new Dpo(0.1, 0.0), pairs, reference, lora, "dpo");
        }
    }

    private void check(
            Policy policy,
            Objective objective,
            List<Example> examples,
            double[] reference,
            JsonNode golden,
            String key) {
        policy.parameters().zeroGradient();
        var sums = new ArrayList<double[]>();
        for (var i = 0; i + 1 < reference.length; i += 2) {
            sums.add(new double[] {reference[i], reference[i + 1]});
        }
        var known = sums.isEmpty() ? ReferenceLogProbs.none() : ReferenceLogProbs.of(examples, sums);
        var batch = TrainingBatch.of(examples, known);
        var none = new DatasetBatches(Golden.noStream(), known);
        var task = new ObjectiveTask(
                key, objective, none, none, batch.part(List.of()), MicroBatches.whole(), OptionalDouble.empty());
        var result = BatchLoss.withGradient(policy, task, batch, 1.0, 0);
        assertThat(result.loss())
                .isCloseTo(golden.get(key + "_loss").doubleValue(), Percentage.withPercentage(100 * LOSS_RELATIVE));
        assertNorms(policy, Golden.numbers(golden.get(key + "_grad_norms")));
    }

    private static void assertNorms(Policy policy, Map<String, Double> expected) {
        assertThat(policy.parameters().leaves().keySet()).containsExactlyInAnyOrderElementsOf(expected.keySet());
        try (var scope = new PointerScope()) {
            expected.forEach((name, norm) -> assertThat(
                            Tensors.norm(policy.parameters().gradient(name)))
                    .as(name)
                    .isCloseTo(norm, within(Math.max(NORM_ABSOLUTE, NORM_RELATIVE * norm))));
        }
    }

    private CausalLm load(String family) {
        return ModelLoader.load(Golden.directory(family), Computation.of(ScalarType.Float, device));
    }

    private Policy fullPolicy(String family, Computation computation) {
        var directory = Golden.directory(family);
        var config = ModelFamilies.read(directory);
        try (var scope = new PointerScope();
                var owner = new TensorOwner()) {
            var tensors = ModelLoader.tensors(directory, config, ScalarType.Float, device, owner);
            var parameters =
                    FlatParameters.of(tensors, name -> tensors.get(name).dim() > 1, device);
            var model = new CausalLm(config, parameters.leaves(), computation, new TensorOwner());
            return new Policy(model, parameters, Optional.empty(), new ReplicaThreads(2, 2));
        }
    }

    private Policy loraPolicy(String family, Computation computation) {
        var model = ModelLoader.load(Golden.directory(family), computation);
        try (var scope = new PointerScope();
                var owner = new TensorOwner()) {
            var adapter = LoraAdapter.read(Golden.directory(family).resolve("adapter"), model.layout(), device, owner);
            var parameters = FlatParameters.of(adapter.tensors(), name -> true, device);
            return new Policy(
                    model, parameters, Optional.of(adapter.withTensors(parameters.leaves())), new ReplicaThreads(3, 3));
        }
    }

    private static double[] sums(CausalLm model, List<Example> examples) {
        var packed = PackedSequences.of(Golden.sequences(examples));
        var logProbs = new LogProbs(model.logProbs(packed), packed.targetStarts());
        return IntStream.range(0, logProbs.sequences())
                .mapToDouble(logProbs::sum)
                .toArray();
    }

    private static double[] interleaved(JsonNode chosen, JsonNode rejected) {
        var a = Golden.doubles(chosen);
        var b = Golden.doubles(rejected);
        var result = new double[2 * a.length];
        Arrays.setAll(result, i -> i % 2 == 0 ? a[i / 2] : b[i / 2]);
        return result;
    }
}
