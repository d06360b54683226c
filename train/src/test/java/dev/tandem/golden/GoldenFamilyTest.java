package dev.tandem.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.UserException;
import dev.tandem.model.CausalLm;
import dev.tandem.model.Computation;
import dev.tandem.model.batch.PackedSequences;
import dev.tandem.model.batch.SpanBySpan;
import dev.tandem.model.checkpoint.ModelLoader;
import dev.tandem.model.config.ConfigJson;
import dev.tandem.model.family.ModelFamilies;
import dev.tandem.model.head.HeadTiles;
import dev.tandem.model.layer.Dropout;
import dev.tandem.objective.response.Sft;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.flat.FlatParameters;
import dev.tandem.tensor.machine.NativeSetup;
import dev.tandem.tensor.parallel.ReplicaThreads;
import dev.tandem.tensor.safetensors.SafetensorsFile;
import dev.tandem.train.loop.BatchLoss;
import dev.tandem.train.loop.DatasetBatches;
import dev.tandem.train.loop.MicroBatches;
import dev.tandem.train.loop.ObjectiveTask;
import dev.tandem.train.loop.TrainingBatch;
import dev.tandem.train.policy.Policy;
import dev.tandem.train.reference.ReferenceLogProbs;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Families against the values that transformers computed: logits of every position, loss, gradients, greedy tokens. To add
 * a family, add its folder and its name in {@link Golden#OF_TRANSFORMERS}.
 */
class GoldenFamilyTest {
    private static final float LOGIT = 1e-4f;
    private static final double LOSS_RELATIVE = 1e-5;
    private static final double GRADIENT_RELATIVE = 1e-3;

    /** Some rows of a tensor: {@code name[0:6]}. */
    private static final Pattern ROWS = Pattern.compile("(.*)\\[(\\d+):(\\d+)]");

    private final Device device = TestDevice.get();

    @BeforeAll
    static void natives() {
        NativeSetup.ensure();
        TestDevice.get();
    }

    static Stream<String> families() {
        return Stream.concat(Golden.OF_TRANSFORMERS.stream(), Golden.ROPE_TYPES.stream());
    }

    /** Computes as usual, and with every choice that must not change the numbers reversed. */
    static Stream<Arguments> computations() {
        var usual = Computation.of(ScalarType.Float, TestDevice.get());
        var otherwise = usual.withCheckpointActivations(!usual.checkpointActivations())
                .withFusedProjections(!usual.fusedProjections())
                .withHeadTiles(new HeadTiles(7, 70));
        var inOneCall = usual.withVariableLength(Optional.of(new SpanBySpan()));
        return families()
                .flatMap(family -> Stream.of(
                        Arguments.of(family, Named.of("usual", usual)),
                        Arguments.of(family, Named.of("otherwise", otherwise)),
                        Arguments.of(family, Named.of("attention in one call", inOneCall))));
    }

    @ParameterizedTest
    @MethodSource("families")
    void bothFormsOfTheConfigSayTheSame(String family) {
        var directory = Golden.directory(family);
        assertThat(ModelFamilies.read(ConfigJson.read(directory.resolve("config.transformers5.json"))))
                .isEqualTo(ModelFamilies.read(directory));
    }

    @ParameterizedTest
    @MethodSource("computations")
    void logitsOfEveryPosition(String family, Computation computation) {
        var rows = Golden.rows(Golden.values(family).get("rows"));
        try (var scope = new PointerScope();
                var guard = new NoGradGuard();
                var file = SafetensorsFile.open(Golden.directory(family).resolve("logits.safetensors"));
                var model = ModelLoader.load(Golden.directory(family), computation)) {
            for (var i = 0; i < rows.size(); i++) {
                var ids = rows.get(i).sequences().get(0).ids();
                var expected = Tensors.toRows(file.tensor("row" + i));
                var actual = model.head().logits(model.hidden(PackedSequences.prompt(ids), Dropout.none()));
                assertThat(actual).hasDimensions(ids.length, model.spec().vocabSize());
                for (var t = 0; t < ids.length; t++) {
                    assertThat(actual[t])
                            .as("row %d, position %d", i, t)
                            .usingComparatorWithPrecision(LOGIT)
                            .containsExactly(expected[t]);
                }
            }
        }
    }

    /** Its frequencies depend on the length of a text that is longer than the model's context. */
    @Test
    void dynamicRopeIsExactWithinTheContextAndRefusedBeyond() {
        var directory = Golden.directory("llama-dynamic");
        var rows = Golden.rows(Golden.values("llama-dynamic").get("rows"));
        try (var scope = new PointerScope();
                var guard = new NoGradGuard();
                var file = SafetensorsFile.open(directory.resolve("logits.safetensors"));
                var model = ModelLoader.load(directory, Computation.of(ScalarType.Float, device))) {
            var within = PackedSequences.prompt(rows.get(1).sequences().get(0).ids());
            var expected = Tensors.toRows(file.tensor("row1"));
            var actual = model.head().logits(model.hidden(within, Dropout.none()));
            for (var t = 0; t < expected.length; t++) {
                assertThat(actual[t]).usingComparatorWithPrecision(LOGIT).containsExactly(expected[t]);
            }
            var beyond = PackedSequences.prompt(rows.get(0).sequences().get(0).ids());
            assertThatThrownBy(() -> model.hidden(beyond, Dropout.none()))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("24 tokens is longer than the 16 (max_position_embeddings)")
                    .hasMessageContaining("'dynamic'");
        }
    }

    @ParameterizedTest
    @MethodSource("computations")
    void lossAndGradients(String family, Computation computation) {
        var golden = Golden.values(family);
        var rows = Golden.rows(golden.get("rows"));
        try (var policy = policy(family, computation)) {
            var batch = TrainingBatch.of(rows, ReferenceLogProbs.none());
            var none = new DatasetBatches(Golden.noStream(), ReferenceLogProbs.none());
            var task = new ObjectiveTask(
                    "sft", new Sft(), none, none, batch.part(List.of()), MicroBatches.whole(), OptionalDouble.empty());
            assertThat(BatchLoss.withGradient(policy, task, batch, 1.0, 0).loss())
                    .isCloseTo(golden.get("sft_loss").doubleValue(), Percentage.withPercentage(100 * LOSS_RELATIVE));
            var norms = Golden.numbers(golden.get("sft_grad_norms"));
            assertThat(policy.parameters().leaves().keySet()).containsExactlyInAnyOrderElementsOf(norms.keySet());
            try (var scope = new PointerScope();
                    var file = SafetensorsFile.open(Golden.directory(family).resolve("grads.safetensors"))) {
                norms.forEach((name, norm) -> assertThat(
                                Tensors.norm(policy.parameters().gradient(name)))
                        .as(name)
                        .isCloseTo(norm, within(GRADIENT_RELATIVE * norm)));
                for (var key : file.names()) {
                    var part = ROWS.matcher(key);
                    var name = part.matches() ? part.group(1) : key;
                    var rowsOfIt = policy.parameters().gradient(name);
                    assertThat(Tensors.toFloats(part.matches() ? rows(rowsOfIt, part) : rowsOfIt))
                            .as(key)
                            .usingComparatorWithPrecision((float) (GRADIENT_RELATIVE * norms.get(name)))
                            .containsExactly(Tensors.toFloats(file.tensor(key)));
                }
            }
        }
    }

    private static Tensor rows(Tensor tensor, Matcher part) {
        var from = Long.parseLong(part.group(2));
        return tensor.narrow(0, from, Long.parseLong(part.group(3)) - from);
    }

    @ParameterizedTest
    @MethodSource("families")
    void greedyTokensWithKeptKeysAndWithout(String family) {
        var greedy = Golden.values(family).get("greedy");
        var prompt = Golden.ints(greedy.get("prompt_ids"));
        var expected = Golden.ints(greedy.get("new_ids"));
        try (var scope = new PointerScope();
                var guard = new NoGradGuard();
                var model = ModelLoader.load(Golden.directory(family), Computation.of(ScalarType.Float, device));
                var cache = model.newCache(1)) {
            cache.add();
            var kept = model.next(cache, new int[] {0}, List.of(prompt))[0];
            var ids = prompt;
            for (var token : expected) {
                assertThat(kept).usingComparatorWithPrecision(LOGIT).containsExactly(last(model, ids));
                assertThat(best(kept)).isEqualTo(token);
                ids = Arrays.copyOf(ids, ids.length + 1);
                ids[ids.length - 1] = token;
                kept = model.next(cache, new int[] {0}, List.of(new int[] {token}))[0];
            }
        }
    }

    private static float[] last(CausalLm model, int[] ids) {
        var hidden = model.hidden(PackedSequences.prompt(ids), Dropout.none());
        return model.head().logits(hidden.narrow(0, ids.length - 1L, 1))[0];
    }

    private static int best(float[] logits) {
        var best = 0;
        for (var i = 1; i < logits.length; i++) {
            best = logits[i] > logits[best] ? i : best;
        }
        return best;
    }

    private Policy policy(String family, Computation computation) {
        var directory = Golden.directory(family);
        var spec = ModelFamilies.read(directory);
        try (var scope = new PointerScope();
                var owner = new TensorOwner()) {
            var tensors = ModelLoader.tensors(directory, spec, ScalarType.Float, device, owner);
            var parameters = FlatParameters.of(tensors, name -> true, device);
            var model = new CausalLm(spec, parameters.leaves(), computation, new TensorOwner());
            return new Policy(model, parameters, Optional.empty(), new ReplicaThreads(2, 2));
        }
    }
}
