package dev.tandem.model.family;

import dev.tandem.model.config.BlockSpec;
import dev.tandem.model.config.ConfigJson;
import dev.tandem.model.config.HeadSpec;
import dev.tandem.model.config.ModelSpec;
import dev.tandem.model.config.Rope;
import dev.tandem.model.config.Sublayer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * {@code Gemma3ForCausalLM}, the text models of Gemma 3 (arXiv 2503.19786): norms multiply by 1 + w and are before and after
 * both sublayers, queries and keys are normalised per head, embedded tokens are multiplied by √hidden, and five of six layers
 * have a window and a rotary embedding of its own.
 */
final class Gemma3 implements ModelFamily {
    private static final int MAX_POSITIONS = 131_072;
    private static final int KV_HEADS = 4;
    private static final int HEAD_DIM = 256;
    private static final int WINDOW = 4096;
    private static final int PATTERN = 6;
    private static final double QUERY_SCALAR = 256;
    private static final double THETA = 1_000_000;
    private static final double SLIDING_THETA = 10_000;

    @Override
    public String modelType() {
        return "gemma3_text";
    }

    @Override
    public ModelSpec read(ConfigJson json) {
        json.refuse("attn_logit_softcapping", "null (capped scores are not supported)");
        json.refuse("use_bidirectional_attention", "false");
        var sizes = Dimensions.read(json, OptionalInt.of(KV_HEADS), OptionalInt.of(HEAD_DIM));
        var layers = new Layers(
                new LlamaModules(json, sizes, 1),
                types(json, sizes.layers()),
                RopeReader.ofKind(
                        json,
                        LayerTypes.FULL,
                        sizes.headDim(),
                        json.positiveNumber("rope_theta", THETA),
                        json.object("rope_scaling"),
                        MAX_POSITIONS),
                RopeReader.ofKind(
                        json,
                        LayerTypes.SLIDING,
                        sizes.headDim(),
                        json.positiveNumber("rope_local_base_freq", SLIDING_THETA),
                        Optional.empty(),
                        MAX_POSITIONS));
        var head = new HeadSpec(layers.modules().head(), json.flag("tie_word_embeddings", true), 1, softCap(json));
        return layers.modules().model(Math.sqrt(sizes.hidden()), layers::block, head, MAX_POSITIONS);
    }

    /** The kind of every layer: as listed, or by a pattern whose last layer sees everything. */
    private static List<String> types(ConfigJson json, int layers) {
        var named = LayerTypes.read(json, layers);
        var pattern = json.positive("sliding_window_pattern", PATTERN);
        return named.isEmpty()
                ? IntStream.rangeClosed(1, layers)
                        .mapToObj(i -> i % pattern == 0 ? LayerTypes.FULL : LayerTypes.SLIDING)
                        .toList()
                : named;
    }

    private static OptionalDouble softCap(ConfigJson json) {
        return json.has("final_logit_softcapping")
                ? OptionalDouble.of(json.positiveNumber("final_logit_softcapping"))
                : OptionalDouble.empty();
    }

    private record Layers(LlamaModules modules, List<String> types, Rope full, Rope sliding) {

        BlockSpec block(int layer) {
            var json = modules.json();
            var bias = json.flag("attention_bias", false);
            var slides = types.get(layer).equals(LayerTypes.SLIDING);
            var window = slides ? OptionalInt.of(json.positive("sliding_window", WINDOW)) : OptionalInt.empty();
            var attention = modules.attention(layer, bias, bias, slides ? sliding : full, window)
                    .withHeadNorms(modules.headNorm(layer, "q_norm"), modules.headNorm(layer, "k_norm"))
                    .withScale(1 / Math.sqrt(json.positiveNumber("query_pre_attn_scalar", QUERY_SCALAR)));
            return BlockSpec.sequential(
                    new Sublayer<>(
                            Optional.of(modules.norm(layer, "input_layernorm")),
                            attention,
                            Optional.of(modules.norm(layer, "post_attention_layernorm"))),
                    new Sublayer<>(
                            Optional.of(modules.norm(layer, "pre_feedforward_layernorm")),
                            modules.feedForward(layer, "hidden_activation", "gelu_pytorch_tanh"),
                            Optional.of(modules.norm(layer, "post_feedforward_layernorm"))));
        }
    }
}
