package dev.tandem.model.family;

import dev.tandem.UserException;
import dev.tandem.model.config.ConfigJson;
import dev.tandem.model.config.Rope;
import java.util.List;

/** Reads how rotary frequencies are scaled, by {@code rope_type} ({@code transformers.modeling_rope_utils}). */
final class RopeScalings {
    private static final List<String> TYPES = List.of("default", "dynamic", "linear", "llama3", "yarn");
    private static final double BETA_FAST = 32;
    private static final double BETA_SLOW = 1;

    private RopeScalings() {}

    /** {@code rope_type}, by its old name {@code type} if there is none. */
    static String type(ConfigJson settings) {
        return settings.text("rope_type").or(() -> settings.text("type")).orElse("default");
    }

    /**
     * Reads a scaling.
     *
     * @param settings the object with {@code rope_type}
     * @param theta base of the frequencies
     * @param original context of pre-training, tokens
     * @param maxPositions longest context, tokens
     * @throws UserException if the type is not supported, or a key it needs is missing or unusable
     */
    static Rope.Scaling read(ConfigJson settings, double theta, int original, int maxPositions) {
        var type = type(settings);
        return switch (type) {
            case "default" -> new Rope.None();
            case "dynamic" -> new Rope.Dynamic(settings.positiveNumber("factor"), maxPositions);
            case "linear" -> new Rope.Linear(settings.positiveNumber("factor"));
            case "llama3" -> llama3(settings, original);
            case "yarn" -> yarn(settings, theta, original, maxPositions);
            default ->
                throw new UserException(settings.file() + ": rope type '" + type + "' is not supported. Supported: "
                        + String.join(", ", TYPES) + ".");
        };
    }

    private static Rope.Llama3 llama3(ConfigJson settings, int original) {
        var low = settings.positiveNumber("low_freq_factor");
        if (settings.number("high_freq_factor") <= low) {
            throw settings.wrong("high_freq_factor", "a number above low_freq_factor " + low);
        }
        return new Rope.Llama3(settings.positiveNumber("factor"), low, settings.number("high_freq_factor"), original);
    }

    private static Rope.Yarn yarn(ConfigJson settings, double theta, int original, int maxPositions) {
        if (theta == 1) {
            throw settings.wrong("rope_theta", "a base other than 1 for the rope type yarn");
        }
        var factor = settings.positiveNumber("factor", (double) maxPositions / original);
        return new Rope.Yarn(
                factor,
                attentionFactor(settings, factor),
                unlessZero(settings.number("beta_fast", 0), BETA_FAST, settings, "beta_fast"),
                unlessZero(settings.number("beta_slow", 0), BETA_SLOW, settings, "beta_slow"),
                original,
                settings.flag("truncate", true));
    }

    private static double attentionFactor(ConfigJson settings, double factor) {
        if (settings.has("attention_factor")) {
            return settings.number("attention_factor");
        }
        var scale = settings.number("mscale", 0);
        var allDimensions = settings.number("mscale_all_dim", 0);
        return scale != 0 && allDimensions != 0
                ? temperature(factor, scale) / temperature(factor, allDimensions)
                : temperature(factor, 1);
    }

    /** The factor of YaRN's equation 22, with the multiplier that DeepSeek added. */
    private static double temperature(double factor, double multiplier) {
        return factor <= 1 ? 1 : 0.1 * multiplier * Math.log(factor) + 1;
    }

    /** transformers takes the default for 0, too. */
    private static double unlessZero(double value, double absent, ConfigJson settings, String key) {
        if (value < 0) {
            throw settings.wrong(key, "a positive number");
        }
        return value == 0 ? absent : value;
    }
}
