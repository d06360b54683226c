package dev.tandem.model.family;

import dev.tandem.model.config.ConfigJson;
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
        var rope = RopeReader.read(json, sizes.headDim(), MAX_POSITIONS);
        // null: no window; absent: the default
        var window = json.isNull("sliding_window")
                ? OptionalInt.empty()
                : OptionalInt.of(json.positive("sliding_window", WINDOW));
        return modules.model(
                layer -> modules.block(layer, modules.attention(layer, false, false, rope, window)), MAX_POSITIONS);
    }
}
