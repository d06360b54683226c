package dev.tandem.model.family;

import dev.tandem.UserException;
import dev.tandem.model.config.ConfigJson;
import dev.tandem.model.config.Rope;
import java.util.List;
import java.util.Optional;

/**
 * Reads rotary position embeddings. transformers 5 gathers everything about them in {@code rope_parameters}; 4 spreads it over
 * the top level and {@code rope_scaling}.
 */
final class RopeReader {
    private static final List<String> TYPES = List.of("default", "linear", "llama3");
    private static final double THETA = 10_000;

    private RopeReader() {}

    /** Reads the rotary embedding of all layers, with the usual keys and defaults. */
    static Rope read(ConfigJson json, int headDim) {
        return read(json, headDim, json.positiveNumber("rope_theta", THETA), 1.0);
    }

    /**
     * Reads the rotary embedding of all layers.
     *
     * @param theta default base if {@code rope_parameters} has none
     * @param partial default rotated part of a head, if neither {@code rope_parameters} nor {@code
     *     partial_rotary_factor} specifies it
     */
    static Rope read(ConfigJson json, int headDim, double theta, double partial) {
        var parameters = json.object("rope_parameters");
        parameters.ifPresent(RopeReader::requireOneForAllLayers);
        var scaling = parameters.or(() -> json.object("rope_scaling"));
        return rope(json, parameters, scaling, headDim, theta, partial);
    }

    /**
     * Reads the rotary embedding of one kind of layer: {@code rope_parameters} has an object for each.
     *
     * @param kind as {@code layer_types} names it
     * @param theta base if {@code rope_parameters} is absent
     * @param scaling scaling if {@code rope_parameters} is absent
     */
    static Rope ofKind(ConfigJson json, String kind, int headDim, double theta, Optional<ConfigJson> scaling) {
        var own =
                json.object("rope_parameters").map(kinds -> kinds.object(kind).orElseThrow(() -> kinds.missing(kind)));
        return rope(json, own, own.or(() -> scaling), headDim, theta, 1.0);
    }

    private static Rope rope(
            ConfigJson json,
            Optional<ConfigJson> parameters,
            Optional<ConfigJson> scaling,
            int headDim,
            double thetaDefault,
            double partialDefault) {
        var theta = parameters
                .map(p -> p.positiveNumber("rope_theta", thetaDefault))
                .orElse(thetaDefault);
        var everywhere = json.number("partial_rotary_factor", partialDefault);
        var partial = parameters
                .map(p -> p.number("partial_rotary_factor", everywhere))
                .orElse(everywhere);
        var dimensions = (int) (headDim * partial);
        if (dimensions < 2 || dimensions > headDim || dimensions % 2 != 0) {
            throw new UserException(json.file() + ": rotary embeddings would rotate " + dimensions + " of the head's "
                    + headDim + " dimensions; an even number from 2 to " + headDim + " was expected.");
        }
        return new Rope(theta, dimensions, scaling.map(RopeReader::scaling).orElse(new Rope.None()));
    }

    private static Rope.Scaling scaling(ConfigJson node) {
        var type = node.text("rope_type").or(() -> node.text("type")).orElse("default");
        return switch (type) {
            case "default" -> new Rope.None();
            case "linear" -> new Rope.Linear(node.positiveNumber("factor"));
            case "llama3" -> llama3(node);
            default ->
                throw new UserException(node.file() + ": rope type '" + type + "' is not supported. Supported: "
                        + String.join(", ", TYPES) + ".");
        };
    }

    private static Rope.Llama3 llama3(ConfigJson node) {
        var low = node.positiveNumber("low_freq_factor");
        if (node.number("high_freq_factor") <= low) {
            throw node.wrong("high_freq_factor", "a number above low_freq_factor " + low);
        }
        return new Rope.Llama3(
                node.positiveNumber("factor"),
                low,
                node.number("high_freq_factor"),
                node.positive("original_max_position_embeddings"));
    }

    /** Some families give each kind of layer a rotary embedding of its own. */
    private static void requireOneForAllLayers(ConfigJson parameters) {
        parameters
                .node()
                .propertyStream()
                .filter(e -> e.getValue().isObject())
                .findFirst()
                .ifPresent(e -> {
                    throw new UserException(parameters.file() + ": rope_parameters differ by kind of layer ('"
                            + e.getKey() + "'), which is not supported; one rope_theta and rope_type for all layers"
                            + " were expected.");
                });
    }
}
