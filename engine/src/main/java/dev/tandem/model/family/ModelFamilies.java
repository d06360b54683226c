package dev.tandem.model.family;

import dev.tandem.UserException;
import dev.tandem.model.config.ConfigJson;
import dev.tandem.model.config.ModelSpec;
import dev.tandem.tensor.safetensors.StoredTensors;
import java.nio.file.Path;
import java.util.List;

/** The supported model families. */
public final class ModelFamilies {
    /** One line each, in the order that error messages list them. */
    public static final List<ModelFamily> ALL = List.of(
            new Gemma3(),
            new GptNeoX(), //
            new Llama(),
            new Mistral(),
            new Qwen2(),
            new Qwen3());

    private ModelFamilies() {}

    /**
     * Reads {@code config.json} of a model directory, with the keys of transformers 4 or of transformers 5
     * ({@code rope_parameters}, {@code dtype}). If the config ties the head to the embedding, and the weights have a head that
     * differs, the two are not tied.
     *
     * @throws UserException if it is absent, malformed, or describes a model that is not supported; the message names
     *     the key and lists what is supported
     */
    public static ModelSpec read(Path modelDirectory) {
        var spec = read(ConfigJson.read(modelDirectory.resolve(ConfigJson.FILE_NAME)));
        return spec.head().tied() && hasOwnHead(modelDirectory, spec) ? spec.untied() : spec;
    }

    /**
     * Reads a config.
     *
     * @throws UserException if it is malformed or describes a model that is not supported
     */
    public static ModelSpec read(ConfigJson json) {
        var type = json.text("model_type").orElseThrow(() -> json.missing("model_type"));
        var family = ALL.stream()
                .filter(f -> f.modelType().equals(type))
                .findFirst()
                .orElseThrow(() -> new UserException(json.file() + ": model_type '" + type
                        + "' is not supported. Supported: " + String.join(", ", modelTypes()) + "."));
        if (json.has("quantization_config")) {
            throw new UserException(
                    json.file() + ": the weights are quantized (quantization_config is set), which cannot"
                            + " be trained here. Use the unquantized checkpoint (F32, BF16 or F16).");
        }
        return family.read(json);
    }

    private static boolean hasOwnHead(Path directory, ModelSpec spec) {
        var tensors = StoredTensors.of(directory);
        var names = new TensorNames(spec, tensors.names());
        var embedding = names.stored(spec.embedding().weight().name());
        return names.head().isPresent()
                && embedding.isPresent()
                && !tensors.areEqual(embedding.get(), names.head().get());
    }

    private static List<String> modelTypes() {
        return ALL.stream().map(ModelFamily::modelType).toList();
    }
}
