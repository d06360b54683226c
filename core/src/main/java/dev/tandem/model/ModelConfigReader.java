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
        var hidden = json.positive("hidden_size");
        var heads = json.positive("num_attention_heads");
        var headDim = headDim(hidden, heads);
        var kvHeads = neox ? heads : json.positive("num_key_value_heads", heads);
        if (heads % kvHeads != 0) {
            throw new UserException(json.file() + ": num_attention_heads " + heads
                    + " is not a multiple of num_key_value_heads " + kvHeads + ".");
        }
        var layers = json.positive("num_hidden_layers");
        var attentionBias = json.flag("attention_bias", neox);
        return new ModelConfig(
                family,
                json.positive("vocab_size"),
                hidden,
                layers,
                heads,
                kvHeads,
                headDim,
                json.positive("intermediate_size"),
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
                json.positive("max_position_embeddings", 2048),
                json.optionalInteger("bos_token_id"),
                Collections.unmodifiableSet(new LinkedHashSet<>(json.integers("eos_token_id"))));
    }

    private int headDim(int hidden, int heads) {
        if (json.has("head_dim")) {
            return json.positive("head_dim");
        }
        if (family == ModelFamily.QWEN3) {
            return 128; // Qwen3Config's default; it does not follow from hidden_size
        }
        if (hidden % heads != 0) {
            throw new UserException(json.file() + ": hidden_size " + hidden
                    + " is not a multiple of num_attention_heads " + heads + ", and head_dim is not given.");
        }
        return hidden / heads;
    }

    private Norm norm() {
        return family == ModelFamily.GPT_NEOX
                ? new Norm(Norm.Kind.LAYER_NORM, json.number("layer_norm_eps", 1e-5))
                : new Norm(Norm.Kind.RMS_NORM, json.number("rms_norm_eps", 1e-6));
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
        var scaling = parameters.or(() -> json.object("rope_scaling"));
        var neox = family == ModelFamily.GPT_NEOX;
        var thetaDefault = switch (family) {
            case GPT_NEOX -> json.number("rotary_emb_base", json.number("rope_theta", 10_000));
            case LLAMA, MISTRAL, QWEN2, QWEN3 -> json.number("rope_theta", 10_000);
        };
        var theta = parameters.map(p -> p.number("rope_theta", thetaDefault)).orElse(thetaDefault);
        var partialDefault = json.number("partial_rotary_factor", neox ? json.number("rotary_pct", 0.25) : 1.0);
        var partial = parameters
                .map(p -> p.number("partial_rotary_factor", partialDefault))
                .orElse(partialDefault);
        var dimensions = (int) (headDim * partial);
        if (dimensions < 2 || dimensions > headDim || dimensions % 2 != 0) {
            throw new UserException(json.file() + ": rotary embeddings would turn " + dimensions + " of the head's "
                    + headDim + " dimensions; an even number from 2 to " + headDim + " was expected.");
        }
        if (!(theta > 0)) {
            throw new UserException(json.file() + ": rope_theta is " + theta + "; a positive number was expected.");
        }
        return new Rope(theta, dimensions, scaling.map(this::scaling).orElse(new Rope.None()));
    }

    private Rope.Scaling scaling(ConfigJson node) {
        var type = node.text("rope_type").or(() -> node.text("type")).orElse("default");
        return switch (type) {
            case "default" -> new Rope.None();
            case "linear" -> new Rope.Linear(node.number("factor"));
            case "llama3" ->
                new Rope.Llama3(
                        node.number("factor"),
                        node.number("low_freq_factor"),
                        node.number("high_freq_factor"),
                        node.positive("original_max_position_embeddings"));
            default ->
                throw new UserException(json.file() + ": rope type '" + type + "' is not supported. Supported: "
                        + String.join(", ", ROPE_TYPES) + ".");
        };
    }

    private List<OptionalInt> attentionWindows(int layers) {
        var full = OptionalInt.empty();
        if (!json.has("sliding_window") || !json.flag("use_sliding_window", family == ModelFamily.MISTRAL)) {
            return Collections.nCopies(layers, full);
        }
        var window = OptionalInt.of(json.positive("sliding_window"));
        var types = json.texts("layer_types");
        if (!types.isEmpty()) {
            if (types.size() != layers) {
                throw new UserException(json.file() + ": layer_types has " + types.size() + " entries; " + layers
                        + " (num_hidden_layers) were expected.");
            }
            return types.stream()
                    .map(t -> "sliding_attention".equals(t) ? window : full)
                    .toList();
        }
        // Qwen: the first max_window_layers layers see everything
        var first = family == ModelFamily.MISTRAL ? 0 : json.positive("max_window_layers", 28);
        return IntStream.range(0, layers)
                .mapToObj(i -> i >= first ? window : full)
                .toList();
    }
}
