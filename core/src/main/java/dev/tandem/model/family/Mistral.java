package dev.tandem.model.family;

import dev.tandem.model.ConfigJson;
import dev.tandem.model.config.ModelSpec;
import java.util.OptionalInt;

/** {@code MistralForCausalLM}: Llama with a window in every layer. */
final class Mistral implements ModelFamily {
    private static final int MAX_POSITIONS = 131_072;
    private static final int WINDOW = 4096;

    @Override
    public String modelType() {
        return "mistral";
    }

    @Override
    public ModelSpec read(ConfigJson json) {
        var sizes = Dimensions.read(json);
        var modules = new LlamaModules(json, sizes);
        var bias = json.flag("attention_bias", false);
        var rope = RopeReader.read(json, sizes.headDim());
        // null: no window; absent: the default
        var window = json.isNull("sliding_window")
                ? OptionalInt.empty()
                : OptionalInt.of(json.positive("sliding_window", WINDOW));
        return modules.model(
                layer -> modules.block(layer, modules.attention(layer, bias, bias, rope, window)), MAX_POSITIONS);
    }
}
