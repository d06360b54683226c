package dev.tandem.bench;

import dev.tandem.UserException;
import dev.tandem.model.config.ConfigJson;
import dev.tandem.model.config.LinearSpec;
import dev.tandem.model.config.ModelSpec;
import dev.tandem.model.family.ModelFamilies;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A model to measure: shapes only, its weights are random (time does not depend on their values).
 *
 * @param name in reports
 * @param spec the model
 */
public record BenchShape(String name, ModelSpec spec) {
    private static final int CONTEXT = 2048;

    /** Names of the built-in shapes. */
    public static final List<String> NAMES = List.of("tiny", "tiny-llama", "pythia-70m", "pythia-160m", "llama-1b-ish");

    /**
     * A built-in shape.
     *
     * @throws UserException if there is none of that name
     */
    public static BenchShape named(String name) {
        return switch (name) {
            case "pythia-70m" -> new BenchShape(name, neox(50304, 512, 6, 8, 2048));
            case "pythia-160m" -> new BenchShape(name, neox(50304, 768, 12, 12, 3072));
            case "llama-1b-ish" -> new BenchShape(name, llama(128_256, 2048, 16, 32, 8, 8192));
            case "tiny-llama" -> new BenchShape(name, llama(512, 64, 2, 4, 2, 160));
            case "tiny" -> new BenchShape(name, neox(512, 64, 2, 4, 256));
            default ->
                throw new UserException("There is no built-in shape '" + name + "'. Known: " + String.join(", ", NAMES)
                        + "; or give a recipe.");
        };
    }

    /** The shape of a model directory. @throws UserException if its config is unusable */
    public static BenchShape of(Path modelDirectory) {
        var folder = modelDirectory.toAbsolutePath().normalize().getFileName();
        return new BenchShape(
                folder == null ? modelDirectory.toString() : folder.toString(), ModelFamilies.read(modelDirectory));
    }

    /** The projections that make queries, keys and values: what an adapter is on unless a recipe says otherwise. */
    public List<String> attentionInputs() {
        return spec.attentions().get(0).qkv().linears().stream()
                .map(LinearSpec::shortName)
                .toList();
    }

    private static ModelSpec neox(int vocabulary, int hidden, int layers, int heads, int inner) {
        return ModelFamilies.read(ConfigJson.of(
                "gpt_neox",
                Map.of(
                        "model_type", "gpt_neox",
                        "vocab_size", vocabulary,
                        "hidden_size", hidden,
                        "num_hidden_layers", layers,
                        "num_attention_heads", heads,
                        "intermediate_size", inner,
                        "max_position_embeddings", CONTEXT)));
    }

    private static ModelSpec llama(int vocabulary, int hidden, int layers, int heads, int kvHeads, int inner) {
        return ModelFamilies.read(ConfigJson.of(
                "llama",
                Map.of(
                        "model_type", "llama",
                        "vocab_size", vocabulary,
                        "hidden_size", hidden,
                        "num_hidden_layers", layers,
                        "num_attention_heads", heads,
                        "num_key_value_heads", kvHeads,
                        "intermediate_size", inner,
                        "rms_norm_eps", 1e-5,
                        "tie_word_embeddings", true,
                        "max_position_embeddings", CONTEXT)));
    }
}
