package dev.tandem.model.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.data.example.TokenSequence;
import dev.tandem.model.CausalLm;
import dev.tandem.model.Computation;
import dev.tandem.model.SharedGeneration;
import dev.tandem.model.batch.PackedSequences;
import dev.tandem.model.batch.SpanBySpan;
import dev.tandem.model.checkpoint.RandomInitialization;
import dev.tandem.model.config.NormSpec.Kind;
import dev.tandem.model.head.HeadTiles;
import dev.tandem.model.head.TokenGradients;
import dev.tandem.model.layer.Dropout;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.flat.FlatParameters;
import dev.tandem.tensor.machine.NativeSetup;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A model of blocks that have nothing in common: head counts and sizes, rotary embeddings, windows, norms, scales, ways
 * to project. Every way of computing it gives the same results.
 */
class MotleyModelTest {
    private static final long SEED = 20_250_302;
    private static final int VOCABULARY = 61;
    private static final int HIDDEN = 24;
    private static final Rope NEAR = new Rope(10_000, 8, new Rope.None());
    private static final Rope FAR = new Rope(1_000_000, 4, new Rope.Linear(8));

    private final Device cpu = new Device("cpu");
    private final Computation usual = Computation.of(ScalarType.Float, cpu).withHeadTiles(new HeadTiles(7, 20));
    private final ModelSpec spec = spec();

    @BeforeAll
    static void natives() {
        NativeSetup.ensure();
    }

    @Test
    void everyWayToComputeGivesTheSameGradients() {
        try (var scope = new PointerScope();
                var owner = new TensorOwner()) {
            var weights = weights(owner);
            var expected = gradients(weights, usual);
            assertThat(expected.keySet())
                    .containsExactlyElementsOf(ParameterLayout.of(spec).parameters().stream()
                            .map(ParameterSpec::name)
                            .toList());
            expected.forEach((name, values) -> assertThat(values).as(name).isNotEqualTo(new float[values.length]));
            for (var computation : List.of(
                    usual.withCheckpointActivations(true),
                    usual.withFusedProjections(true),
                    usual.withVariableLength(Optional.of(new SpanBySpan())))) {
                var actual = gradients(weights, computation);
                expected.forEach((name, values) -> assertThat(actual.get(name))
                        .as(name)
                        .usingComparatorWithPrecision(1e-4f)
                        .containsExactly(values));
            }
        }
    }

    /** @param threads of the team; 0: not prepared */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void cachedKeysGiveTheLogitsOfAFullComputation(int threads) {
        var random = new SplittableRandom(SEED);
        try (var scope = new PointerScope();
                var guard = new NoGradGuard();
                var owner = new TensorOwner()) {
            var weights = weights(owner);
            try (var plain = new CausalLm(spec, weights, usual, new TensorOwner());
                    var model = new CausalLm(spec, weights, usual, new TensorOwner());
                    var cache = model.newCache(1)) {
                if (threads > 0) {
                    SharedGeneration.prepare(model, threads);
                }
                cache.add();
                var text = random.ints(90, 0, VOCABULARY).toArray();
                for (var read = 0; read < text.length; ) {
                    var end = Math.min(text.length, read + 1 + random.nextInt(random.nextBoolean() ? 70 : 2));
                    var logits = model.next(cache, new int[] {0}, List.of(Arrays.copyOfRange(text, read, end)))[0];
                    var hidden = plain.hidden(PackedSequences.prompt(Arrays.copyOf(text, end)), Dropout.none());
                    var whole = plain.head().logits(hidden.narrow(0, end - 1L, 1))[0];
                    assertThat(logits).usingComparatorWithPrecision(1e-4f).containsExactly(whole);
                    read = end;
                }
                assertThat(cache.bytes()).isEqualTo(128L * 4 * 2 * (16 + 12 + 8));
            }
        }
    }

    private Map<String, Tensor> weights(TensorOwner owner) {
        var weights = RandomInitialization.parameters(ParameterLayout.of(spec), SEED, cpu, owner);
        torch.manual_seed(SEED);
        try (var guard = new NoGradGuard()) {
            weights.values().forEach(w -> w.add_(torch.randn_like(w).mul_(new Scalar(0.2))));
        }
        return weights;
    }

    /** Gradient of the sum of all log-probs, by parameter. */
    private Map<String, float[]> gradients(Map<String, Tensor> weights, Computation computation) {
        var random = new SplittableRandom(SEED);
        var batch = PackedSequences.of(
                List.of(sequence(random, 23), sequence(random, 9), sequence(random, 2), sequence(random, 9)));
        var ones = new float[batch.targets().length];
        Arrays.fill(ones, 1);
        try (var scope = new PointerScope();
                var parameters = FlatParameters.of(weights, name -> true, cpu);
                var model = new CausalLm(spec, parameters.leaves(), computation, new TensorOwner())) {
            var pass = model.forward(batch, Dropout.none());
            var hidden = pass.output().detach();
            var sums = model.head().logProbs(hidden, batch.targets());
            var gradient = torch.zeros_like(hidden);
            var ofHead = Optional.of(parameters.gradient(model.headName()));
            model.head().backward(hidden, batch.targets(), sums, TokenGradients.of(ones), gradient, ofHead);
            pass.backward(gradient);
            var result = new LinkedHashMap<String, float[]>();
            weights.keySet().forEach(name -> result.put(name, Tensors.toFloats(parameters.gradient(name))));
            return result;
        }
    }

    private static TokenSequence sequence(SplittableRandom random, int length) {
        return TokenSequence.of(random.ints(length, 0, VOCABULARY).toArray(), 1);
    }

    private static ModelSpec spec() {
        return new ModelSpec(
                "motley",
                VOCABULARY,
                HIDDEN,
                new EmbeddingSpec(ParameterSpec.matrix("embedding", VOCABULARY, HIDDEN), 3),
                List.of(first(), second(), third()),
                norm("norm", HIDDEN, 1),
                new HeadSpec(ParameterSpec.matrix("head", VOCABULARY, HIDDEN), false, 1, OptionalDouble.empty()),
                64,
                OptionalInt.empty(),
                Set.of());
    }

    /** Norms before and after, a norm of every head, a window, a scale of its own, half of a sublayer added. */
    private static BlockSpec first() {
        var attention = new AttentionSpec(
                new QkvSpec.Separate(linear("0.q", HIDDEN, 32), linear("0.k", HIDDEN, 16), linear("0.v", HIDDEN, 16)),
                linear("0.o", 32, HIDDEN),
                4,
                2,
                8,
                Optional.of(norm("0.qn", 8, 1)),
                Optional.of(norm("0.kn", 8, 0)),
                NEAR,
                OptionalInt.of(5),
                0.2);
        var feedForward = new FeedForwardSpec.StackedGate(
                linear("0.gate_up", HIDDEN, 40), linear("0.down", 20, HIDDEN), Activation.SILU);
        return new BlockSpec(
                new Sublayer<>(Optional.of(norm("0.a", HIDDEN, 1)), attention, Optional.of(norm("0.b", HIDDEN, 1))),
                new Sublayer<>(Optional.empty(), feedForward, Optional.of(norm("0.d", HIDDEN, 0))),
                false,
                0.5);
    }

    /** One head, projections in one matrix, a norm after attention alone. */
    private static BlockSpec second() {
        var attention = new AttentionSpec(
                new QkvSpec.Stacked(linear("1.qkv", HIDDEN, 3 * 12)),
                linear("1.o", 12, HIDDEN),
                1,
                1,
                12,
                Optional.empty(),
                Optional.empty(),
                FAR,
                OptionalInt.empty(),
                AttentionSpec.usualScale(12));
        var feedForward = new FeedForwardSpec.Gated(
                linear("1.gate", HIDDEN, 12),
                linear("1.up", HIDDEN, 12),
                linear("1.down", 12, HIDDEN),
                Activation.GELU_TANH);
        return BlockSpec.sequential(
                new Sublayer<>(Optional.empty(), attention, Optional.of(norm("1.b", HIDDEN, 0))),
                Sublayer.preNorm(norm("1.c", HIDDEN, 0), feedForward));
    }

    /** Parallel sublayers, a LayerNorm, and a norm over all query heads together. */
    private static BlockSpec third() {
        var attention = new AttentionSpec(
                new QkvSpec.Separate(linear("2.q", HIDDEN, 24), linear("2.k", HIDDEN, 8), linear("2.v", HIDDEN, 8)),
                linear("2.o", 24, HIDDEN),
                3,
                1,
                8,
                Optional.of(norm("2.qn", 24, 0)),
                Optional.of(norm("2.kn", 8, 0)),
                FAR,
                OptionalInt.of(11),
                AttentionSpec.usualScale(8));
        var feedForward =
                new FeedForwardSpec.Plain(linear("2.up", HIDDEN, 30), linear("2.down", 30, HIDDEN), Activation.GELU);
        return new BlockSpec(
                Sublayer.preNorm(new NormSpec("2.a", HIDDEN, Kind.LAYER_NORM, 1e-5, 0), attention),
                Sublayer.preNorm(norm("2.c", HIDDEN, 0), feedForward),
                true,
                1);
    }

    private static NormSpec norm(String module, int width, double offset) {
        return new NormSpec(module, width, Kind.RMS_NORM, 1e-6, offset);
    }

    private static LinearSpec linear(String name, int in, int out) {
        return new LinearSpec(name, in, out, true);
    }
}
