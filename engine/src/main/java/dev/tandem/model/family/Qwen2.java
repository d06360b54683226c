package dev.tandem.model.family;

import dev.tandem.model.config.ConfigJson;
import dev.tandem.model.config.ModelSpec;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * {@code Qwen2ForCausalLM}: Qwen 2 and 2.5. Query, key and value projections have a bias, the output projection has none, and
 * some layers may have a window.
 */
final class Qwen2 implements ModelFamily {
    static final int MAX_POSITIONS = 32_768;
    private static final int WINDOW = 4096;
    private static final int FULL_LAYERS = 28;

    @Override
    public String modelType() {
        return "qwen2";
    }

    @Override
    public ModelSpec read(ConfigJson json) {
        var sizes = Dimensions.read(json);
        var modules = new LlamaModules(json, sizes);
        var rope = RopeReader.read(json, sizes.headDim(), MAX_POSITIONS);
        var windows = windows(json, sizes.layers());
        return modules.model(
                layer -> modules.block(layer, modules.attention(layer, true, false, rope, windows.get(layer))),
                MAX_POSITIONS);
    }

    /**
     * The window of every layer. Windows are off unless switched on; {@code layer_types} then decides which layers have
     * one, or else the last layers do.
     */
    static List<OptionalInt> windows(ConfigJson json, int layers) {
        var types = LayerTypes.read(json, layers);
        if (!json.flag("use_sliding_window", false) || json.isNull("sliding_window")) {
            return Collections.nCopies(layers, OptionalInt.empty());
        }
        var full = types.isEmpty() ? json.notNegative("max_window_layers", FULL_LAYERS) : 0;
        var window = OptionalInt.of(json.positive("sliding_window", WINDOW));
        return IntStream.range(0, layers)
                .mapToObj(i -> types.isEmpty() ? i >= full : types.get(i).equals(LayerTypes.SLIDING))
                .map(sliding -> sliding ? window : OptionalInt.empty())
                .toList();
    }
}
