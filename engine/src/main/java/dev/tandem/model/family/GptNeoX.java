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
import java.util.stream.IntStream;

/**
 * {@code GPTNeoXForCausalLM}: Pythia, GPT-NeoX-20B. LayerNorm, one projection for query, key and value, a quarter of
 * each head rotated, and usually attention and feed-forward in parallel.
 */
final class GptNeoX implements ModelFamily {
    private static final int MAX_POSITIONS = 2048;

    @Override
    public String modelType() {
        return "gpt_neox";
    }

    @Override
    public ModelSpec read(ConfigJson json) {
        var sizes = Dimensions.withEqualHeads(json);
        LayerTypes.requireKnown(json, sizes.layers());
        var rope = RopeReader.ofGptNeoX(json, sizes.headDim(), MAX_POSITIONS);
        var modules = new Modules(json, sizes, rope);
        return new ModelSpec(
                modelType(),
                sizes.vocabulary(),
                sizes.hidden(),
                new EmbeddingSpec(modules.matrix("gpt_neox.embed_in"), 1),
                IntStream.range(0, sizes.layers()).mapToObj(modules::block).toList(),
                modules.norm("gpt_neox.final_layer_norm"),
                new HeadSpec(
                        modules.matrix("embed_out"),
                        json.flag("tie_word_embeddings", false),
                        1,
                        OptionalDouble.empty()),
                json.positive("max_position_embeddings", MAX_POSITIONS),
                json.optionalInteger("bos_token_id"),
                new HashSet<>(json.integers("eos_token_id")));
    }

    private record Modules(ConfigJson json, Dimensions sizes, Rope rope) {

        BlockSpec block(int layer) {
            var path = "gpt_neox.layers." + layer + ".";
            return new BlockSpec(
                    Sublayer.preNorm(norm(path + "input_layernorm"), attention(path + "attention.")),
                    Sublayer.preNorm(norm(path + "post_attention_layernorm"), feedForward(path + "mlp.")),
                    json.flag("use_parallel_residual", true),
                    1);
        }

        private AttentionSpec attention(String path) {
            var hidden = sizes.hidden();
            var width = sizes.heads() * sizes.headDim();
            var bias = json.flag("attention_bias", true);
            return new AttentionSpec(
                    new QkvSpec.ByHead(new LinearSpec(path + "query_key_value", hidden, 3 * width, bias)),
                    new LinearSpec(path + "dense", width, hidden, bias),
                    sizes.heads(),
                    sizes.kvHeads(),
                    sizes.headDim(),
                    Optional.empty(),
                    Optional.empty(),
                    rope,
                    OptionalInt.empty(),
                    AttentionSpec.usualScale(sizes.headDim()));
        }

        private FeedForwardSpec feedForward(String path) {
            return new FeedForwardSpec.Plain(
                    new LinearSpec(path + "dense_h_to_4h", sizes.hidden(), sizes.inner(), true),
                    new LinearSpec(path + "dense_4h_to_h", sizes.inner(), sizes.hidden(), true),
                    Dimensions.activation(json, "hidden_act", "gelu"));
        }

        NormSpec norm(String path) {
            return new NormSpec(path, sizes.hidden(), Kind.LAYER_NORM, json.positiveNumber("layer_norm_eps", 1e-5), 0);
        }

        ParameterSpec matrix(String module) {
            return ParameterSpec.matrix(module + ".weight", sizes.vocabulary(), sizes.hidden());
        }
    }
}
