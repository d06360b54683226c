package dev.tandem.model.family;

import dev.tandem.UserException;
import dev.tandem.model.config.Activation;
import dev.tandem.model.config.ConfigJson;
import java.util.OptionalInt;
import java.util.function.IntUnaryOperator;

/**
 * Dimensions that the configs of all families specify by the same keys.
 *
 * @param vocabulary tokens of the vocabulary
 * @param hidden width of the residual stream
 * @param layers number of blocks
 * @param heads query heads
 * @param kvHeads key and value heads
 * @param headDim dimensions of a head
 * @param inner width inside the feed-forward part
 */
record Dimensions(int vocabulary, int hidden, int layers, int heads, int kvHeads, int headDim, int inner) {
    // far above any existing model, and low enough that products of three fit into 64 bits
    private static final int MAX_WIDTH = 1 << 20;
    private static final int MAX_VOCABULARY = 1 << 26;
    private static final int MAX_LAYERS = 10_000;

    /** Reads the dimensions, without defaults particular to a family. */
    static Dimensions read(ConfigJson json) {
        return read(json, OptionalInt.empty(), OptionalInt.empty());
    }

    /**
     * Reads the dimensions.
     *
     * @param kvHeads default if the config has none; absent: as many as query heads
     * @param headDim default if the config has none; absent: hidden size over heads
     */
    static Dimensions read(ConfigJson json, OptionalInt kvHeads, OptionalInt headDim) {
        return read(json, headDim, heads -> kvHeads(json, heads, kvHeads.orElse(heads)));
    }

    /**
     * Reads the dimensions, with as many key and value heads as query heads; {@code num_key_value_heads} is ignored.
     */
    static Dimensions withEqualHeads(ConfigJson json) {
        return read(json, OptionalInt.empty(), heads -> heads);
    }

    private static Dimensions read(ConfigJson json, OptionalInt headDim, IntUnaryOperator kvHeads) {
        var hidden = json.count("hidden_size", MAX_WIDTH);
        var heads = json.count("num_attention_heads", MAX_WIDTH);
        var dimensions = headDim(json, hidden, heads, headDim);
        return new Dimensions(
                json.count("vocab_size", MAX_VOCABULARY),
                hidden,
                json.count("num_hidden_layers", MAX_LAYERS),
                heads,
                kvHeads.applyAsInt(heads),
                dimensions,
                json.count("intermediate_size", MAX_WIDTH));
    }

    private static int kvHeads(ConfigJson json, int heads, int absent) {
        var kvHeads = json.count("num_key_value_heads", MAX_WIDTH, absent);
        if (heads % kvHeads != 0) {
            throw new UserException(json.file() + ": num_attention_heads " + heads
                    + " is not a multiple of num_key_value_heads " + kvHeads + ".");
        }
        return kvHeads;
    }

    private static int headDim(ConfigJson json, int hidden, int heads, OptionalInt absent) {
        if (json.has("head_dim") || absent.isPresent()) {
            var given = json.count("head_dim", MAX_WIDTH, absent.orElse(0));
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

    /** The activation function that a key names. */
    static Activation activation(ConfigJson json, String key, String absent) {
        var name = json.text(key).orElse(absent);
        return Activation.named(name)
                .orElseThrow(() -> new UserException(json.file() + ": " + key + " '" + name
                        + "' is not supported. Supported: " + String.join(", ", Activation.supportedNames()) + "."));
    }
}
