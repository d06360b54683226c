package dev.tandem.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.data.example.TokenSequence;
import dev.tandem.model.batch.PackedSequences;
import dev.tandem.model.lora.LoraConfig;
import dev.tandem.train.cost.StepFlops;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Against a count by hand: GPT-NeoX, hidden 64, 2 blocks, inner 256, vocabulary 512; sequences of 5 and 3 tokens. */
class StepFlopsTest {
    // a sequence's last token is not read
    private static final PackedSequences BATCH =
            PackedSequences.of(List.of(TokenSequence.of(new int[6], 1), TokenSequence.of(new int[4], 3)));
    private static final int TRAINED = 6;
    // one multiply-add for 8 tokens
    private static final double TOKENS = 2.0 * 8;
    private static final double QKV = TOKENS * 64 * 192;
    private static final double DENSE = TOKENS * 64 * 64;
    private static final double MLP = 2 * TOKENS * 64 * 256;
    private static final double HEAD = 2.0 * TRAINED * 64 * 512;
    // scores and mixed values of 1 + … + 5 and 1 + 2 + 3 pairs, forward once and backward twice, in both blocks
    private static final double ATTENTION = 3 * 2 * (15 + 6) * 2 * 2.0 * 64;

    private final BenchShape tiny = BenchShape.named("tiny");

    private static Optional<LoraConfig> adapter(BenchShape shape) {
        return Optional.of(new LoraConfig(4, 4, 0, shape.attentionInputs(), false));
    }

    @Test
    void trainingAllParametersMultipliesEverythingThreeTimes() {
        var flops = new StepFlops(tiny.spec(), Optional.empty());
        assertThat(flops.step(BATCH)).isCloseTo(3 * 2 * (QKV + DENSE + MLP) + 3 * HEAD + ATTENTION, within(0.5));
    }

    @Test
    void anAdapterLeavesOutTheGradientsOfFrozenWeights() {
        var adapter = 3 * 2 * TOKENS * 4 * (64 + 192);
        // of the first block only the attention output passes a gradient on
        var first = QKV + 2 * DENSE + MLP;
        var second = 2 * (QKV + DENSE + MLP);
        var flops = new StepFlops(tiny.spec(), adapter(tiny));
        assertThat(flops.step(BATCH)).isCloseTo(first + second + 2 * HEAD + adapter + ATTENTION, within(0.5));
    }

    @Test
    void adaptersPassAGradientBackAsFarAsTheFirstOfThem() {
        var everywhere = new StepFlops(tiny.spec(), Optional.of(new LoraConfig(4, 4, 0, List.of("all-linear"), false)));
        // query_key_value, dense, dense_h_to_4h, dense_4h_to_h: the first block's inputs are frozen, what it makes is
        // not
        assertThat(everywhere.products(8, TRAINED).stream().map(StepFlops.Product::inputGradient))
                .containsExactly(false, true, false, true, true, true, true, true, true);
        var last = List.of("gpt_neox.layers.1.mlp.dense_4h_to_h");
        var late = new StepFlops(tiny.spec(), Optional.of(new LoraConfig(4, 4, 0, last, false)));
        assertThat(late.products(8, TRAINED).stream().map(StepFlops.Product::inputGradient))
                .containsExactly(false, false, false, false, false, false, false, false, true);
        var adapter = 3 * TOKENS * 4 * (64 + 256);
        assertThat(late.step(BATCH))
                .isCloseTo(2 * (QKV + DENSE + MLP) + 2 * HEAD + adapter + ATTENTION / 3, within(0.5));
    }

    @Test
    void aSharedPromptCountsOnce() {
        var flops = new StepFlops(tiny.spec(), Optional.empty());
        // 3 rows by themselves, then 2 rows that see the first of them
        var span = List.of(new PackedSequences.Span(0, 3, 0, 0), new PackedSequences.Span(3, 2, 0, 1));
        var shared = new PackedSequences(new int[5], new int[5], span, new int[4], new int[4], new int[] {0, 2, 4});
        var linear = 2 * (QKV + DENSE + MLP) * 5 / 8;
        var head = HEAD * 4 / TRAINED;
        // 1 + 2 + 3 and 2 + 3 pairs
        assertThat(flops.step(shared)).isCloseTo(3 * (linear + head) + ATTENTION * 11 / 21, within(0.5));
    }

    @Test
    void whereTheMlpFollowsAttentionItsInputHasAGradient() {
        var llama = BenchShape.named("tiny-llama");
        var flops = new StepFlops(llama.spec(), adapter(llama));
        var products = flops.products(8, TRAINED);
        // query, key, value, output, gate, up, down of two blocks, then the head
        assertThat(products.stream().map(StepFlops.Product::inputGradient))
                .containsExactly(
                        false, false, false, true, true, true, true, true, true, true, true, true, true, true, true);
        assertThat(products).noneMatch(StepFlops.Product::weightGradient);
        assertThat(products.get(1)).isEqualTo(new StepFlops.Product(8, 64, 32, false, false));
    }

    @Test
    void theCeilingIsTheHarmonicMeanWeightedByOperations() {
        var forward = BenchResult.Product.Kind.FORWARD;
        // 2·10⁹ operations at 1 and, twice, 1·10⁹ at 4 GFLOP/s: 4·10⁹ in 2.5 s
        var products = List.of(
                new BenchResult.Product(forward, 1000, 1000, 1000, 1, 1),
                new BenchResult.Product(forward, 500, 1000, 1000, 2, 4));
        assertThat(GemmCeiling.gflops(products)).isCloseTo(1.6, within(1e-9));
    }
}
