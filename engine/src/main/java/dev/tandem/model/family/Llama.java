package dev.tandem.model.family;

import dev.tandem.model.config.ConfigJson;
import dev.tandem.model.config.ModelSpec;
import java.util.OptionalInt;

/** {@code LlamaForCausalLM}: Llama 2, 3, 3.1, 3.2 and models with the same structure. */
final class Llama implements ModelFamily {
    private static final int MAX_POSITIONS = 2048;

    @Override
    public String modelType() {
        return "llama";
    }

    @Override
    public ModelSpec read(ConfigJson json) {
        var sizes = Dimensions.read(json);
        LayerTypes.requireKnown(json, sizes.layers());
        var modules = new LlamaModules(json, sizes);
        var bias = json.flag("attention_bias", false);
        var rope = RopeReader.read(json, sizes.headDim(), MAX_POSITIONS);
        return modules.model(
                layer -> modules.block(layer, modules.attention(layer, bias, bias, rope, OptionalInt.empty())),
                MAX_POSITIONS);
    }
}
