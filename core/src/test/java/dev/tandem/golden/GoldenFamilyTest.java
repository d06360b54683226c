package dev.tandem.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.model.CausalLm;
import dev.tandem.model.Computation;
import dev.tandem.model.ConfigJson;
import dev.tandem.model.Dropout;
import dev.tandem.model.HeadTiles;
import dev.tandem.model.ModelLoader;
import dev.tandem.model.PackedSequences;
import dev.tandem.model.SpanBySpan;
import dev.tandem.model.family.ModelFamilies;
import dev.tandem.objective.Sft;
import dev.tandem.tensor.FlatParameters;
import dev.tandem.tensor.Lanes;
import dev.tandem.tensor.NativeSetup;
import dev.tandem.tensor.SafetensorsFile;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.Tensors;
import dev.tandem.train.BatchLoss;
import dev.tandem.train.MicroBatches;
import dev.tandem.train.Policy;
import dev.tandem.train.ReferenceLogProbs;
import dev.tandem.train.Task;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Families against the values that transformers computed: logits of every position, loss, gradients, greedy tokens. A further
 * family is its folder and its name in {@link Golden#OF_TRANSFORMERS}.
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
        return Golden.OF_TRANSFORMERS.stream();
    }

    /** As usual, and with every choice that must not show in the numbers made the other way. */
    static Stream<Arguments> computations() {
        var usual = Computation.of(ScalarType.Float, TestDevice.get());
        var otherwise = usual.withCheckpointActivations(!usual.checkpointActivations())
                .withJoinedProjections(!usual.joinedProjections())
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

    @ParameterizedTest
    @MethodSource("computations")
    void lossAndGradients(String family, Computation computation) {
        var golden = Golden.values(family);
        var rows = Golden.rows(golden.get("rows"));
        try (var policy = policy(family, computation)) {
            var task = new Task(
                    "sft",
                    new Sft(),
                    Golden.noStream(),
                    Golden.noStream(),
                    List.of(),
                    ReferenceLogProbs.none(),
                    MicroBatches.whole(),
                    0);
            assertThat(BatchLoss.withGradient(policy, task, rows, 1.0, 0).loss())
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

    /** Nothing computed elsewhere to hold to, but no norm or factor may be lost on the way. */
    @ParameterizedTest
    @MethodSource("families")
    void bfloat16IsNearFloat32(String family) {
        var rows = Golden.rows(Golden.values(family).get("rows"));
        var batch = PackedSequences.of(Golden.sequences(rows));
        try (var exact = ModelLoader.load(Golden.directory(family), Computation.of(ScalarType.Float, device));
                var rounded = ModelLoader.load(Golden.directory(family), Computation.of(ScalarType.BFloat16, device))) {
            var expected = exact.logProbs(batch);
            var actual = rounded.logProbs(batch);
            var sum = 0.0;
            for (var i = 0; i < expected.length; i++) {
                sum += Math.abs(actual[i] - expected[i]);
            }
            assertThat(sum / expected.length).isLessThan(0.05);
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
            return new Policy(model, parameters, Optional.empty(), new Lanes(2, 2));
        }
    }
}
