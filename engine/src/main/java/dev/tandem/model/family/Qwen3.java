package dev.tandem.model.family;

import dev.tandem.model.config.ConfigJson;
import dev.tandem.model.config.ModelSpec;
import java.util.OptionalInt;

/** {@code Qwen3ForCausalLM}: queries and keys are normalised per head; windows are those of Qwen 2. */
final class Qwen3 implements ModelFamily {
    /** Default of {@code head_dim}, which does not depend on {@code hidden_size}. */
    private static final int HEAD_DIM = 128;

    @Override
    public String modelType() {
        return "qwen3";
    }

    @Override
    public ModelSpec read(ConfigJson json) {
        var sizes = Dimensions.read(json, OptionalInt.empty(), OptionalInt.of(HEAD_DIM));
        var modules = new LlamaModules(json, sizes);
        var bias = json.flag("attention_bias", false);
        var rope = RopeReader.read(json, sizes.headDim(), Qwen2.MAX_POSITIONS);
        var windows = Qwen2.windows(json, sizes.layers());
        return modules.model(
                layer -> modules.block(
                        layer,
                        modules.attention(layer, bias, bias, rope, windows.get(layer))
                                .withHeadNorms(modules.headNorm(layer, "q_norm"), modules.headNorm(layer, "k_norm"))),
                Qwen2.MAX_POSITIONS);
    }
}
