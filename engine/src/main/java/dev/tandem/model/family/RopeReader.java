package dev.tandem.model.family;

import dev.tandem.UserException;
import dev.tandem.model.config.ConfigJson;
import dev.tandem.model.config.Rope;
import java.util.Map;
import java.util.Optional;

/**
 * Reads rotary position embeddings as transformers 5 does ({@code RotaryEmbeddingConfigMixin}). Everything about them is in
 * {@code rope_parameters}; older configs spread it over the top level and {@code rope_scaling}, which replaces {@code
 * rope_parameters} if it is not empty.
 */
final class RopeReader {
    private static final double THETA = 10_000;
    private static final ConfigJson UNSCALED = ConfigJson.of("", Map.of("rope_type", "default"));
    private static final double GPT_NEOX_PART = 0.25;

    private final ConfigJson json;
    private final int headDim;
    private final int maxPositions;

    private RopeReader(ConfigJson json, int headDim, int maxPositions) {
        this.json = json;
        this.headDim = headDim;
        this.maxPositions = json.positive("max_position_embeddings", maxPositions);
    }

    /**
     * Reads the rotary embedding of all layers, which rotates whole heads.
     *
     * @param maxPositions default of {@code max_position_embeddings}
     */
    static Rope read(ConfigJson json, int headDim, int maxPositions) {
        var reader = new RopeReader(json, headDim, maxPositions);
        var settings = settings(json);
        var theta = json.positiveNumber("rope_theta", THETA);
        return reader.wholeHeads(settings, settings.positiveNumber("rope_theta", theta), reader.original(settings));
    }

    /**
     * Reads the rotary embedding of a GPT-NeoX, which rotates a part of each head, and has keys of its own for the base and
     * that part.
     *
     * @param maxPositions default of {@code max_position_embeddings}
     */
    static Rope ofGptNeoX(ConfigJson json, int headDim, int maxPositions) {
        var reader = new RopeReader(json, headDim, maxPositions);
        var settings = settings(json);
        var theta = settings.positiveNumber("rope_theta", json.positiveNumber("rotary_emb_base", THETA));
        var part = settings.number("partial_rotary_factor", json.number("rotary_pct", GPT_NEOX_PART));
        return reader.rope(settings, theta, (int) (headDim * part), reader.original(settings));
    }

    /**
     * Reads the rotary embedding of one kind of layer: {@code rope_parameters} has an object for each.
     *
     * @param kind as {@code layer_types} names it
     * @param theta base if {@code rope_parameters} has none
     * @param scaling settings that replace those of {@code rope_parameters} key by key
     * @param maxPositions default of {@code max_position_embeddings}
     */
    static Rope ofKind(
            ConfigJson json, String kind, int headDim, double theta, Optional<ConfigJson> scaling, int maxPositions) {
        scaling.ifPresent(RopeReader::requireOneForAllLayers);
        var kinds = json.object("rope_parameters");
        kinds.ifPresent(RopeReader::requireKinds);
        var own = kinds.flatMap(k -> k.object(kind)).or(() -> Optional.of(UNSCALED));
        var settings = ConfigJson.merged(json, own, scaling);
        if (!settings.flag("truncate", true)) {
            throw settings.wrong("truncate", "true, or no such key (transformers reads none for a kind of layer)");
        }
        var reader = new RopeReader(json, headDim, maxPositions);
        var original = settings.positive("original_max_position_embeddings", reader.maxPositions);
        return reader.wholeHeads(settings, settings.positiveNumber("rope_theta", theta), original);
    }

    /** The object that has the settings of all layers; an empty one if the config has none. */
    static ConfigJson settings(ConfigJson json) {
        var settings = json.object("rope_scaling")
                .filter(scaling -> !scaling.node().isEmpty())
                .or(() -> json.object("rope_parameters"))
                .orElseGet(() -> ConfigJson.merged(json, Optional.empty(), Optional.empty()));
        requireOneForAllLayers(settings);
        return settings;
    }

    /** Context of pre-training: the model's own key decides, then the settings', then the model's longest context. */
    private int original(ConfigJson settings) {
        var key = "original_max_position_embeddings";
        return json.has(key) ? json.positive(key) : settings.positive(key, maxPositions);
    }

    /**
     * A family that rotates whole heads does not read the partial rotary factor. Only the scalings do, and then produce
     * frequencies that do not fit the heads.
     */
    private Rope wholeHeads(ConfigJson settings, double theta, int original) {
        var rope = rope(settings, theta, headDim, original);
        if (!(rope.scaling() instanceof Rope.None)) {
            for (var node : new ConfigJson[] {settings, json}) {
                if (node.number("partial_rotary_factor", 1) != 1) {
                    throw node.wrong(
                            "partial_rotary_factor",
                            "1, or no such key (heads of a "
                                    + json.text("model_type").orElse("") + " model are rotated whole)");
                }
            }
        }
        return rope;
    }

    private Rope rope(ConfigJson settings, double theta, int dimensions, int original) {
        if (dimensions < 2 || dimensions > headDim || dimensions % 2 != 0) {
            throw new UserException(json.file() + ": rotary embeddings would rotate " + dimensions + " of the head's "
                    + headDim + " dimensions; an even number from 2 to " + headDim + " was expected.");
        }
        return new Rope(theta, dimensions, RopeScalings.read(settings, theta, original, maxPositions));
    }

    private static void requireOneForAllLayers(ConfigJson settings) {
        settings.node()
                .propertyStream()
                .filter(e -> e.getValue().isObject())
                .findFirst()
                .ifPresent(e -> {
                    throw new UserException(settings.file() + ": the rotary embeddings differ by kind of layer ('"
                            + e.getKey() + "'), which is not supported; one rope_theta and rope_type for all layers"
                            + " were expected.");
                });
    }

    /** Settings beside the kinds of layers would be read by nothing. */
    private static void requireKinds(ConfigJson parameters) {
        parameters
                .node()
                .propertyStream()
                .filter(e -> !e.getValue().isObject() && !e.getValue().isNull())
                .findFirst()
                .ifPresent(e -> {
                    throw parameters.wrong(
                            e.getKey(),
                            "an object for each kind of layer (" + LayerTypes.FULL + ", " + LayerTypes.SLIDING + ")");
                });
    }
}
