package dev.tandem.model;

import dev.tandem.UserException;
import dev.tandem.model.ModelConfig.Norm;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Reads a Hugging Face {@code config.json}, with the keys of transformers 4 and of transformers 5
 * ({@code rope_parameters}, {@code partial_rotary_factor}). Defaults are those of the Hugging Face config classes.
 */
public final class ModelConfigReader {
    /** File name of the config in a model directory. */
    public static final String FILE_NAME = "config.json";

    // far above any model there is, and low enough that products of three fit 64 bits
    private static final int MAX_WIDTH = 1 << 20;
    private static final int MAX_VOCABULARY = 1 << 26;
    private static final int MAX_LAYERS = 10_000;

    private static final List<String> ROPE_TYPES = List.of("default", "linear", "llama3");

    private final ConfigJson json;
    private final ModelFamily family;

    private ModelConfigReader(ConfigJson json, ModelFamily family) {
        this.json = json;
        this.family = family;
    }

    /**
     * Reads {@code config.json} of a model directory.
     *
     * @throws UserException if it is absent, malformed, or describes a model that is not supported; the message names
     *     the key and lists what is supported
     */
    public static ModelConfig read(Path modelDirectory) {
        var json = ConfigJson.read(modelDirectory.resolve(FILE_NAME));
        var type = json.text("model_type").orElseThrow(() -> json.missing("model_type"));
        var family = ModelFamily.ofModelType(type)
                .orElseThrow(() -> new UserException(json.file() + ": model_type '" + type
                        + "' is not supported. Supported: " + String.join(", ", ModelFamily.modelTypes()) + "."));
        if (json.has("quantization_config")) {
            throw new UserException(
                    json.file() + ": the weights are quantized (quantization_config is set), which cannot"
                            + " be trained here. Use the unquantized checkpoint (F32, BF16 or F16).");
        }
        return new ModelConfigReader(json, family).config();
    }

    private ModelConfig config() {
        var neox = family == ModelFamily.GPT_NEOX;
        var hidden = json.count("hidden_size", MAX_WIDTH);
        var heads = json.count("num_attention_heads", MAX_WIDTH);
        var headDim = headDim(hidden, heads);
        var kvHeads = neox ? heads : json.count("num_key_value_heads", MAX_WIDTH, heads);
        if (heads % kvHeads != 0) {
            throw new UserException(json.file() + ": num_attention_heads " + heads
                    + " is not a multiple of num_key_value_heads " + kvHeads + ".");
        }
        var layers = json.count("num_hidden_layers", MAX_LAYERS);
        var attentionBias = json.flag("attention_bias", neox);
        return new ModelConfig(
                family,
                json.count("vocab_size", MAX_VOCABULARY),
                hidden,
                layers,
                heads,
                kvHeads,
                headDim,
                json.count("intermediate_size", MAX_WIDTH),
                norm(),
                rope(headDim),
                activation(),
                !neox,
                neox && json.flag("use_parallel_residual", true),
                neox,
                family == ModelFamily.QWEN2 || attentionBias,
                family != ModelFamily.QWEN2 && attentionBias,
                neox || json.flag("mlp_bias", false),
                family == ModelFamily.QWEN3,
                json.flag("tie_word_embeddings", false),
                attentionWindows(layers),
                json.positive("max_position_embeddings", defaultMaxPositions()),
                json.optionalInteger("bos_token_id"),
                Collections.unmodifiableSet(new LinkedHashSet<>(json.integers("eos_token_id"))));
    }

    private int headDim(int hidden, int heads) {
        if (json.has("head_dim") || family == ModelFamily.QWEN3) {
            var given = json.count("head_dim", MAX_WIDTH, 128); // Qwen3Config's default: not from hidden_size
            if ((long) given * heads > MAX_WIDTH) {
                throw new UserException(json.file() + ": num_attention_heads " + heads + " of head_dim " + given
                        + " are wider together than the " + MAX_WIDTH + " supported.");
            }
            return given;
        }
        if (hidden % heads != 0) {
            throw new UserException(json.file() + ": hidden_size " + hidden
                    + " is not a multiple of num_attention_heads " + heads + ", and head_dim is not given.");
        }
        return hidden / heads;
    }

    private int defaultMaxPositions() {
        return switch (family) {
            case GPT_NEOX, LLAMA -> 2048;
            case MISTRAL -> 131_072;
            case QWEN2, QWEN3 -> 32_768;
        };
    }

    private Norm norm() {
        return family == ModelFamily.GPT_NEOX
                ? new Norm(Norm.Kind.LAYER_NORM, json.positiveNumber("layer_norm_eps", 1e-5))
                : new Norm(Norm.Kind.RMS_NORM, json.positiveNumber("rms_norm_eps", 1e-6));
    }

    private Activation activation() {
        var name = json.text("hidden_act").orElse(family == ModelFamily.GPT_NEOX ? "gelu" : "silu");
        return Activation.named(name)
                .orElseThrow(() -> new UserException(json.file() + ": hidden_act '" + name
                        + "' is not supported. Supported: " + String.join(", ", Activation.supportedNames()) + "."));
    }

    private Rope rope(int headDim) {
        // transformers 5 gathers everything about RoPE in rope_parameters; 4 spreads it over the top level
        var parameters = json.object("rope_parameters");
        parameters.ifPresent(this::requireOneRope);
        var scaling = parameters.or(() -> json.object("rope_scaling"));
        var neox = family == ModelFamily.GPT_NEOX;
        var thetaDefault = switch (family) {
            case GPT_NEOX -> json.positiveNumber("rotary_emb_base", json.positiveNumber("rope_theta", 10_000));
            case LLAMA, MISTRAL, QWEN2, QWEN3 -> json.positiveNumber("rope_theta", 10_000);
        };
        var theta = parameters
                .map(p -> p.positiveNumber("rope_theta", thetaDefault))
                .orElse(thetaDefault);
        var partialDefault = json.number("partial_rotary_factor", neox ? json.number("rotary_pct", 0.25) : 1.0);
        var partial = parameters
                .map(p -> p.number("partial_rotary_factor", partialDefault))
                .orElse(partialDefault);
        var dimensions = (int) (headDim * partial);
        if (dimensions < 2 || dimensions > headDim || dimensions % 2 != 0) {
            throw new UserException(json.file() + ": rotary embeddings would turn " + dimensions + " of the head's "
                    + headDim + " dimensions; an even number from 2 to " + headDim + " was expected.");
        }
        return new Rope(theta, dimensions, scaling.map(this::scaling).orElse(new Rope.None()));
    }

    private Rope.Scaling scaling(ConfigJson node) {
        var type = node.text("rope_type").or(() -> node.text("type")).orElse("default");
        return switch (type) {
            case "default" -> new Rope.None();
            case "linear" -> new Rope.Linear(node.positiveNumber("factor"));
            case "llama3" -> llama3(node);
            default ->
                throw new UserException(json.file() + ": rope type '" + type + "' is not supported. Supported: "
                        + String.join(", ", ROPE_TYPES) + ".");
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

    /** Some families give each kind of layer a RoPE of its own; none of those supported does. */
    private void requireOneRope(ConfigJson parameters) {
        parameters
                .node()
                .propertyStream()
                .filter(e -> e.getValue().isObject())
                .findFirst()
                .ifPresent(e -> {
                    throw new UserException(json.file() + ": rope_parameters differ by kind of layer ('" + e.getKey()
                            + "'), which is not supported; one rope_theta and rope_type for all layers were expected.");
                });
    }

    private List<OptionalInt> attentionWindows(int layers) {
        var window = window();
        if (family == ModelFamily.MISTRAL) {
            return Collections.nCopies(layers, window);
        }
        var types = json.texts("layer_types");
        if (!types.isEmpty()) {
            return attentionWindows(types, layers, window);
        }
        // Qwen: the first max_window_layers layers see everything
        var first = json.notNegative("max_window_layers", 28);
        return IntStream.range(0, layers)
                .mapToObj(i -> i >= first ? window : OptionalInt.empty())
                .toList();
    }

    private List<OptionalInt> attentionWindows(List<String> types, int layers, OptionalInt window) {
        if (types.size() != layers) {
            throw new UserException(json.file() + ": layer_types has " + types.size() + " entries; " + layers
                    + " (num_hidden_layers) were expected.");
        }
        return types.stream()
                .map(type -> switch (type) {
                    case "full_attention" -> OptionalInt.empty();
                    case "sliding_attention" -> window;
                    default ->
                        throw new UserException(json.file() + ": layer_types has '" + type
                                + "', which is not supported. Supported: full_attention, sliding_attention.");
                })
                .toList();
    }

    /** How many tokens back layers with a window see; empty if none has one. */
    private OptionalInt window() {
        var used = switch (family) {
            case GPT_NEOX, LLAMA -> false;
            case MISTRAL -> !json.isNull("sliding_window"); // null: no window; absent: the default
            case QWEN2, QWEN3 -> json.flag("use_sliding_window", false) && !json.isNull("sliding_window");
        };
        return used ? OptionalInt.of(json.positive("sliding_window", 4096)) : OptionalInt.empty();
    }
}
