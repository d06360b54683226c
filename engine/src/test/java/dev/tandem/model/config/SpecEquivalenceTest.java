package dev.tandem.model.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.data.example.TokenSequence;
import dev.tandem.golden.Golden;
import dev.tandem.model.CausalLm;
import dev.tandem.model.Computation;
import dev.tandem.model.batch.PackedSequences;
import dev.tandem.model.checkpoint.ModelLoader;
import dev.tandem.model.family.ModelFamilies;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.machine.NativeSetup;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Two ways to describe one computation: each setting of a spec is compared with a Llama whose weights compensate for
 * it.
 */
class SpecEquivalenceTest {
    private static final long SEED = 20_250_302;
    private static final String EMBEDDING = "model.embed_tokens.weight";

    private final Device cpu = new Device("cpu");
    private final ModelSpec llama = ModelFamilies.read(Golden.directory("llama"));

    @BeforeAll
    static void natives() {
        NativeSetup.ensure();
    }

    @Test
    void stackedProjectionsComputeWhatSeparateOnesDo() {
        assertSame(SpecEquivalenceTest::stacked, (path, weights) -> {
            stack(weights, path + "self_attn.", "qkv_proj", "q_proj", "k_proj", "v_proj");
            stack(weights, path + "mlp.", "gate_up_proj", "gate_proj", "up_proj");
        });
    }

    @Test
    void aResidualScaleIsAFactorOfWhatIsAdded() {
        assertSame(
                block -> new BlockSpec(block.attention(), block.feedForward(), block.parallel(), 0.5),
                (path, weights) -> {
                    scale(weights, path + "self_attn.o_proj.weight", 2);
                    scale(weights, path + "mlp.down_proj.weight", 2);
                });
    }

    @Test
    void aScaleOfTheScoresIsAFactorOfTheQueries() {
        assertSame(
                block -> withAttention(block, attention -> attention.withScale(attention.scale() / 4)),
                (path, weights) -> scale(weights, path + "self_attn.q_proj.weight", 4));
    }

    @Test
    void anOffsetIsAddedToTheWeightOfANorm() {
        assertSame(
                block -> BlockSpec.sequential(offset(block.attention()), offset(block.feedForward())),
                (path, weights) -> {
                    subtractOne(weights, path + "input_layernorm.weight");
                    subtractOne(weights, path + "post_attention_layernorm.weight");
                });
    }

    /** Embeddings are powers of two here, so their products with the factor are exact. */
    @Test
    void theEmbeddingsScaleIsRoundedToTheDtypeOfActivations() {
        var scaled = with(new EmbeddingSpec(llama.embedding().weight(), Math.sqrt(32)), llama.blocks());
        Consumer<Map<String, Tensor>> powers = weights -> {
            var embedding = required(weights, EMBEDDING);
            weights.put(
                    EMBEDDING,
                    embedding.sign().mul(embedding.abs().log2().round().exp2()));
        };
        // √32 = 5.6568…
        var factors = Map.of(ScalarType.Float, (float) Math.sqrt(32), ScalarType.BFloat16, 5.65625f);
        factors.forEach((type, factor) -> assertThat(logProbs(scaled, powers, type))
                .isEqualTo(logProbs(llama, powers.andThen(weights -> scale(weights, EMBEDDING, factor)), type)));
    }

    /**
     * @param blocks changes each of Llama's blocks
     * @param weights of the block at a path, changed so that the changed block computes the same with them
     */
    private void assertSame(UnaryOperator<BlockSpec> blocks, BiConsumer<String, Map<String, Tensor>> weights) {
        var changed =
                with(llama.embedding(), llama.blocks().stream().map(blocks).toList());
        var expected = logProbs(llama, all -> {}, ScalarType.Float);
        Consumer<Map<String, Tensor>> change = all -> {
            for (var i = 0; i < llama.layers(); i++) {
                weights.accept("model.layers." + i + ".", all);
            }
        };
        assertThat(changed).isNotEqualTo(llama);
        assertThat(logProbs(changed, change, ScalarType.Float))
                .usingComparatorWithPrecision(2e-5f)
                .containsExactly(expected);
    }

    private ModelSpec with(EmbeddingSpec embedding, List<BlockSpec> blocks) {
        return new ModelSpec(
                llama.modelType(),
                llama.vocabSize(),
                llama.hiddenSize(),
                embedding,
                blocks,
                llama.finalNorm(),
                llama.head(),
                llama.maxPositions(),
                llama.bosTokenId(),
                llama.eosTokenIds());
    }

    /** Log-probs of two sequences, by a Llama whose weights were changed. */
    private float[] logProbs(ModelSpec spec, Consumer<Map<String, Tensor>> change, ScalarType type) {
        var random = new SplittableRandom(SEED);
        var batch = PackedSequences.of(List.of(
                TokenSequence.of(random.ints(17, 0, 97).toArray(), 1),
                TokenSequence.of(random.ints(6, 0, 97).toArray(), 1)));
        try (var scope = new PointerScope();
                var guard = new NoGradGuard();
                var owner = new TensorOwner()) {
            var weights = new LinkedHashMap<String, Tensor>();
            ModelLoader.tensors(Golden.directory("llama"), llama, type, cpu, owner)
                    .forEach((name, tensor) -> weights.put(name, tensor.clone()));
            change.accept(weights);
            var computation = Computation.of(type, cpu).withProductType(type);
            try (var model = new CausalLm(spec, weights, computation, new TensorOwner())) {
                return model.logProbs(batch);
            }
        }
    }

    private static BlockSpec stacked(BlockSpec block) {
        var attention = block.attention().module();
        var feedForward = block.feedForward().module();
        var path = attention.output().name().replace("o_proj", "qkv_proj");
        var qkv = new LinearSpec(path, 32, attention.queryWidth() + 2 * attention.keyValueWidth(), false);
        var gateUp = new LinearSpec(
                feedForward.down().name().replace("down_proj", "gate_up_proj"),
                32,
                2 * feedForward.down().in(),
                false);
        return BlockSpec.sequential(
                with(
                        block.attention(),
                        new AttentionSpec(
                                new QkvSpec.Stacked(qkv),
                                attention.output(),
                                attention.heads(),
                                attention.kvHeads(),
                                attention.headDim(),
                                attention.queryNorm(),
                                attention.keyNorm(),
                                attention.rope(),
                                attention.window(),
                                attention.scale())),
                with(
                        block.feedForward(),
                        new FeedForwardSpec.StackedGate(gateUp, feedForward.down(), feedForward.activation())));
    }

    private static BlockSpec withAttention(BlockSpec block, UnaryOperator<AttentionSpec> change) {
        var sublayer = block.attention();
        return BlockSpec.sequential(with(sublayer, change.apply(sublayer.module())), block.feedForward());
    }

    private static <T extends ModuleSpec> Sublayer<T> with(Sublayer<T> sublayer, T module) {
        return new Sublayer<>(sublayer.inputNorm(), module, sublayer.outputNorm());
    }

    private static <T extends ModuleSpec> Sublayer<T> offset(Sublayer<T> sublayer) {
        var norm = sublayer.inputNorm().orElseThrow();
        return Sublayer.preNorm(
                new NormSpec(norm.module(), norm.width(), norm.kind(), norm.eps(), 1), sublayer.module());
    }

    private static void stack(Map<String, Tensor> weights, String path, String as, String... modules) {
        var parts = Arrays.stream(modules)
                .map(module -> required(weights, path + module + ".weight"))
                .toArray(Tensor[]::new);
        weights.put(path + as + ".weight", Tensors.cat(0, parts));
    }

    private static void scale(Map<String, Tensor> weights, String name, double factor) {
        required(weights, name).mul_(new Scalar(factor));
    }

    private static void subtractOne(Map<String, Tensor> weights, String name) {
        required(weights, name).sub_(new Scalar(1));
    }

    private static Tensor required(Map<String, Tensor> weights, String name) {
        return Objects.requireNonNull(weights.get(name), name);
    }
}
