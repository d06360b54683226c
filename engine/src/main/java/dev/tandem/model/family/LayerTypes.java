package dev.tandem.model.family;

import dev.tandem.UserException;
import dev.tandem.model.config.ConfigJson;
import java.util.List;

/** Which layers see only a window. */
final class LayerTypes {
    static final String FULL = "full_attention";
    static final String SLIDING = "sliding_attention";

    private LayerTypes() {}

    /** Refuses kinds of layers that a family without windows does not have. */
    static void requireKnown(ConfigJson json, int layers) {
        read(json, layers);
    }

    /**
     * Returns the entry of {@code layer_types} for every layer; empty if the key is absent.
     *
     * @throws UserException if it does not have one entry per layer, or names another kind
     */
    static List<String> read(ConfigJson json, int layers) {
        var types = json.texts("layer_types");
        if (!types.isEmpty() && types.size() != layers) {
            throw new UserException(json.file() + ": layer_types has " + types.size() + " entries; " + layers
                    + " (num_hidden_layers) were expected.");
        }
        types.stream()
                .filter(type -> !type.equals(FULL) && !type.equals(SLIDING))
                .findFirst()
                .ifPresent(type -> {
                    throw new UserException(json.file() + ": layer_types has '" + type
                            + "', which is not supported. Supported: " + FULL + ", " + SLIDING + ".");
                });
        return types;
    }
}
