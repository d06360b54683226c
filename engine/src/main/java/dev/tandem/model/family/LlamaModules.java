package dev.tandem.model.family;

import dev.tandem.model.config.AttentionSpec;
import dev.tandem.model.config.BlockSpec;
import dev.tandem.model.config.ConfigJson;
import dev.tandem.model.config.EmbeddingSpec;
import dev.tandem.model.config.FeedForwardSpec;
import dev.tandem.model.config.HeadSpec;
import dev.tandem.model.config.LinearSpec;
import dev.tandem.model.config.ModelSpec;
import dev.tandem.model.config.NormSpec;
import dev.tandem.model.config.NormSpec.Kind;
import dev.tandem.model.config.ParameterSpec;
import dev.tandem.model.config.QkvSpec;
import dev.tandem.model.config.Rope;
import dev.tandem.model.config.Sublayer;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The modules of Llama and of the families built like it, by their names in checkpoints.
 *
 * @param json their config
 * @param sizes dimensions of that config
 * @param normOffset 0 if norms multiply by w, 1 if they multiply by 1 + w
 */
record LlamaModules(ConfigJson json, Dimensions sizes, double normOffset) {

    LlamaModules(ConfigJson json, Dimensions sizes) {
        this(json, sizes, 0);
    }

    /** A norm of a block. */
    NormSpec norm(int layer, String module) {
        return norm(path(layer, module), sizes.hidden());
    }

    /** A norm that is applied to the queries or keys of each head separately. */
    NormSpec headNorm(int layer, String module) {
        return norm(path(layer, "self_attn." + module), sizes.headDim());
    }

    private NormSpec norm(String path, int width) {
        return new NormSpec(path, width, Kind.RMS_NORM, json.positiveNumber("rms_norm_eps", 1e-6), normOffset);
    }

    /**
     * Attention with separate projections and the usual scale.
     *
     * @param qkvBias whether query, key and value projections have a bias
     * @param outputBias whether the output projection has one
     */
    AttentionSpec attention(int layer, boolean qkvBias, boolean outputBias, Rope rope, OptionalInt window) {
        var queries = sizes.heads() * sizes.headDim();
        var keys = sizes.kvHeads() * sizes.headDim();
        return new AttentionSpec(
                new QkvSpec.Separate(
                        linear(layer, "self_attn.q_proj", sizes.hidden(), queries, qkvBias),
                        linear(layer, "self_attn.k_proj", sizes.hidden(), keys, qkvBias),
                        linear(layer, "self_attn.v_proj", sizes.hidden(), keys, qkvBias)),
                linear(layer, "self_attn.o_proj", queries, sizes.hidden(), outputBias),
                sizes.heads(),
                sizes.kvHeads(),
                sizes.headDim(),
                Optional.empty(),
                Optional.empty(),
                rope,
                window,
                AttentionSpec.usualScale(sizes.headDim()));
    }

    /**
     * The gated feed-forward part, whose projections have biases in Llama alone, if {@code mlp_bias} says so.
     *
     * @param activationKey the config's key for its activation function
     * @param activation default if the config has none
     */
    FeedForwardSpec feedForward(int layer, String activationKey, String activation) {
        var bias = isLlama() && json.flag("mlp_bias", false);
        return new FeedForwardSpec.Gated(
                linear(layer, "mlp.gate_proj", sizes.hidden(), sizes.inner(), bias),
                linear(layer, "mlp.up_proj", sizes.hidden(), sizes.inner(), bias),
                linear(layer, "mlp.down_proj", sizes.inner(), sizes.hidden(), bias),
                Dimensions.activation(json, activationKey, activation));
    }

    /** Llama's block: a norm before attention and one before the feed-forward part. */
    BlockSpec block(int layer, AttentionSpec attention) {
        return BlockSpec.sequential(
                Sublayer.preNorm(norm(layer, "input_layernorm"), attention),
                Sublayer.preNorm(norm(layer, "post_attention_layernorm"), feedForward(layer, "hidden_act", "silu")));
    }

    /**
     * A model whose embedding and logits are not scaled.
     *
     * @param maxPositions default if the config has none
     */
    ModelSpec model(IntFunction<BlockSpec> block, int maxPositions) {
        var tied = json.flag("tie_word_embeddings", false);
        return model(1, block, new HeadSpec(head(), tied, 1, OptionalDouble.empty()), maxPositions);
    }

    /**
     * A model of these modules.
     *
     * @param embeddingScale factor of the embedded tokens
     * @param block creates the block of a layer
     * @param maxPositions default if the config has none
     */
    ModelSpec model(double embeddingScale, IntFunction<BlockSpec> block, HeadSpec head, int maxPositions) {
        return new ModelSpec(
                json.text("model_type").orElseThrow(),
                sizes.vocabulary(),
                sizes.hidden(),
                new EmbeddingSpec(matrix("model.embed_tokens"), embeddingScale),
                IntStream.range(0, sizes.layers()).mapToObj(block).toList(),
                norm("model.norm", sizes.hidden()),
                head,
                json.positive("max_position_embeddings", maxPositions),
                json.optionalInteger("bos_token_id"),
                new HashSet<>(json.integers("eos_token_id")));
    }

    private boolean isLlama() {
        return json.text("model_type").equals(Optional.of("llama"));
    }

    /** The output head's own matrix. */
    ParameterSpec head() {
        return matrix("lm_head");
    }

    private ParameterSpec matrix(String module) {
        return ParameterSpec.matrix(module + ".weight", sizes.vocabulary(), sizes.hidden());
    }

    private LinearSpec linear(int layer, String module, int in, int out, boolean bias) {
        return new LinearSpec(path(layer, module), in, out, bias);
    }

    private static String path(int layer, String module) {
        return "model.layers." + layer + "." + module;
    }
}
