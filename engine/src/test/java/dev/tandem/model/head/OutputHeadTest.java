package dev.tandem.model.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.tandem.math.TokenStatistic;
import dev.tandem.model.config.HeadSpec;
import dev.tandem.model.config.ParameterSpec;
import dev.tandem.model.layer.ParameterStore;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.machine.NativeSetup;
import dev.tandem.tensor.parallel.IntraOpPool;
import dev.tandem.tensor.parallel.PackedMatrix;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SplittableRandom;
import org.assertj.core.api.Assumptions;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The head, tile by tile and with gradients of its own, against all logits as a whole and autograd. */
class OutputHeadTest {
    private static final int TOKENS = 23;
    private static final int VOCABULARY = 61;
    private static final int HIDDEN = 24;

    private final Device cpu = new Device("cpu");

    @BeforeAll
    static void natives() {
        NativeSetup.ensure();
    }

    /** @param cap 0: none; the logits go up to about 10 */
    @ParameterizedTest
    @CsvSource({"1, 0", "0.25, 0", "1, 3", "1, 100", "2.5, 4"})
    void scaledAndCappedLogits(double scale, double cap) {
        var random = new SplittableRandom(7);
        var targets = random.ints(TOKENS, 0, VOCABULARY).toArray();
        var weights = weights(random);
        torch.manual_seed(7);
        try (var scope = new PointerScope()) {
            var w = torch.randn(VOCABULARY, HIDDEN).set_requires_grad(true);
            var h = torch.randn(TOKENS, HIDDEN).set_requires_grad(true);
            var logProbs = expectedLogits(h, w, scale, cap)
                    .log_softmax(1)
                    .gather(1, Tensors.of(targets, cpu).unsqueeze(1));
            logProbs.squeeze(1).mul(Tensors.of(weights, cpu, TOKENS)).sum().backward();

            var head = head(w.detach(), scale, cap);
            var hidden = h.detach();
            var each = torch.zeros_like(hidden);
            var scores = head.logProbsAndGradient(hidden, targets, each);
            assertClose(Tensors.of(scores.logProbs(), cpu, TOKENS, 1), logProbs.detach());
            assertClose(each.mul(Tensors.of(weights, cpu, TOKENS, 1)), h.grad());

            var total = torch.zeros_like(hidden);
            var ofMatrix = torch.zeros_like(w.detach());
            head.backward(hidden, targets, scores, TokenGradients.of(weights), total, Optional.of(ofMatrix));
            assertClose(total, h.grad());
            assertClose(ofMatrix, w.grad());
            assertThat(head.logProbs(hidden, targets).logProbs()).isEqualTo(scores.logProbs());
        }
    }

    /** Numbers of the whole distribution at each token, and the gradient of a loss of them and of the log-probs. */
    @ParameterizedTest
    @CsvSource({"1, 0", "0.25, 0", "2.5, 4"})
    void statisticsOfTheDistribution(double scale, double cap) {
        var random = new SplittableRandom(3);
        var targets = random.ints(TOKENS, 0, VOCABULARY).toArray();
        var weights = weights(random);
        var byStatistic = new EnumMap<TokenStatistic, float[]>(TokenStatistic.class);
        for (var statistic : TokenStatistic.values()) {
            byStatistic.put(statistic, weights(random));
        }
        torch.manual_seed(3);
        try (var scope = new PointerScope()) {
            var w = torch.randn(VOCABULARY, HIDDEN).set_requires_grad(true);
            var h = torch.randn(TOKENS, HIDDEN).set_requires_grad(true);
            var logProbs = expectedLogits(h, w, scale, cap).log_softmax(1);
            var expected = new EnumMap<TokenStatistic, Tensor>(TokenStatistic.class);
            expected.put(TokenStatistic.MEAN_LOG_PROB, logProbs.mean(new long[] {1}, false, new ScalarTypeOptional()));
            expected.put(
                    TokenStatistic.LOG_SUM_SQUARES,
                    logProbs.mul(new Scalar(2.0)).logsumexp(1));
            expected.put(
                    TokenStatistic.ENTROPY, logProbs.exp().mul(logProbs).sum(1).neg());
            var loss = logProbs.gather(1, Tensors.of(targets, cpu).unsqueeze(1))
                    .squeeze(1)
                    .mul(Tensors.of(weights, cpu, TOKENS))
                    .sum();
            for (var statistic : expected.entrySet()) {
                var weight = Tensors.of(byStatistic.get(statistic.getKey()), cpu, TOKENS);
                loss = loss.add(statistic.getValue().mul(weight).sum());
            }
            loss.backward();

            var head = head(w.detach(), scale, cap);
            var hidden = h.detach();
            var scores = head.logProbs(hidden, targets, byStatistic.keySet());
            expected.forEach((statistic, value) ->
                    assertClose(Tensors.of(scores.statistics().get(statistic), cpu, TOKENS), value.detach()));
            var total = torch.zeros_like(hidden);
            var ofMatrix = torch.zeros_like(w.detach());
            var gradients = new TokenGradients(weights, byStatistic);
            head.backward(hidden, targets, scores, gradients, total, Optional.of(ofMatrix));
            assertClose(total, h.grad());
            assertClose(ofMatrix, w.grad());
        }
    }

    /** Probabilities of 0 and 1 in float32 give no infinity. */
    @Test
    void statisticsOfACertainToken() {
        try (var scope = new PointerScope()) {
            var w = torch.zeros(VOCABULARY, HIDDEN);
            w.select(0, 45).fill_(new Scalar(50.0));
            var hidden = torch.ones(1, HIDDEN);
            var scores = head(w, 1, 0).logProbs(hidden, new int[] {45}, Set.of(TokenStatistic.values()));
            var mean = -50.0f * HIDDEN * (VOCABULARY - 1) / VOCABULARY;
            assertThat(scores.statistics().get(TokenStatistic.MEAN_LOG_PROB)[0])
                    .isCloseTo(mean, withinPercentage(1e-4));
            assertThat(scores.statistics().get(TokenStatistic.LOG_SUM_SQUARES)[0])
                    .isZero();
            assertThat(scores.statistics().get(TokenStatistic.ENTROPY)[0]).isZero();
            var gradient = torch.zeros_like(hidden);
            var all = new EnumMap<TokenStatistic, float[]>(TokenStatistic.class);
            scores.statistics().keySet().forEach(statistic -> all.put(statistic, new float[] {1}));
            var gradients = new TokenGradients(new float[] {1}, all);
            head(w, 1, 0).backward(hidden, new int[] {45}, scores, gradients, gradient, Optional.empty());
            for (var value : Tensors.toFloats(gradient)) {
                assertThat(value).isCloseTo(mean / HIDDEN, withinPercentage(1e-3));
            }
        }
    }

    private static float[] weights(SplittableRandom random) {
        var result = new float[TOKENS];
        for (var i = 0; i < result.length; i++) {
            result[i] = (float) (random.nextDouble() - 0.5);
        }
        return result;
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "2.5, 4"})
    void logitsForGeneration(double scale, double cap) {
        Assumptions.assumeThat(PackedMatrix.available(ScalarType.Float)).isTrue();
        try (var scope = new PointerScope();
                var guard = new NoGradGuard();
                var team = new IntraOpPool(2, 0);
                var owner = new TensorOwner()) {
            var w = torch.randn(VOCABULARY, HIDDEN);
            var h = torch.randn(3, HIDDEN);
            var expected = Tensors.toRows(expectedLogits(h, w, scale, cap));
            var head = head(w, scale, cap);
            var plain = head.logits(h);
            head.pack(team, owner);
            var packed = head.logits(h);
            for (var i = 0; i < expected.length; i++) {
                assertThat(plain[i]).usingComparatorWithPrecision(1e-5f).containsExactly(expected[i]);
                assertThat(packed[i]).usingComparatorWithPrecision(1e-5f).containsExactly(expected[i]);
            }
        }
    }

    @Test
    void mostHeadsTransformNothing() {
        assertThat(LogitTransform.of(spec(1, 0))).isEmpty();
        assertThat(LogitTransform.of(spec(1, 30))).isPresent();
        assertThat(LogitTransform.of(spec(0.125, 0))).isPresent();
    }

    private static Tensor expectedLogits(Tensor h, Tensor w, double scale, double cap) {
        var logits = h.matmul(w.t()).mul(new Scalar(scale));
        return cap == 0 ? logits : logits.div(new Scalar(cap)).tanh().mul(new Scalar(cap));
    }

    private OutputHead head(Tensor w, double scale, double cap) {
        var weights = new ParameterStore(Map.of("head.weight", w), ScalarType.Float, ScalarType.Float);
        var transform = LogitTransform.of(spec(scale, cap));
        return new OutputHead(weights, "head.weight", 1, cpu, new HeadTiles(7, 20), transform);
    }

    private static HeadSpec spec(double scale, double cap) {
        var weight = ParameterSpec.matrix("head.weight", VOCABULARY, HIDDEN);
        return new HeadSpec(weight, false, scale, cap == 0 ? OptionalDouble.empty() : OptionalDouble.of(cap));
    }

    private static void assertClose(Tensor actual, Tensor expected) {
        assertThat(Tensors.toFloats(actual))
                .usingComparatorWithPrecision(2e-5f)
                .containsExactly(Tensors.toFloats(expected));
    }
}
