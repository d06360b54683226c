package dev.tandem.model;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Supported model families, by the {@code model_type} of their Hugging Face config. A family says only what its config
 * leaves unsaid; everything else is a part of {@link ModelConfig}.
 */
public enum ModelFamily {
    /** {@code GPTNeoXForCausalLM}: Pythia, GPT-NeoX-20B. */
    GPT_NEOX("gpt_neox"),
    /** {@code LlamaForCausalLM}: Llama 2, 3, 3.1, 3.2 and those built like them. */
    LLAMA("llama"),
    /** {@code MistralForCausalLM}. */
    MISTRAL("mistral"),
    /** {@code Qwen2ForCausalLM}: Qwen 2 and 2.5; query, key and value projections have a bias. */
    QWEN2("qwen2"),
    /** {@code Qwen3ForCausalLM}: queries and keys are normalised per head. */
    QWEN3("qwen3");

    private final String modelType;

    ModelFamily(String modelType) {
        this.modelType = modelType;
    }

    /** The config's {@code model_type}. */
    public String modelType() {
        return modelType;
    }

    /** The family of a {@code model_type}, if it is supported. */
    public static Optional<ModelFamily> ofModelType(String modelType) {
        return Arrays.stream(values())
                .filter(f -> f.modelType.equals(modelType))
                .findFirst();
    }

    /** Every supported {@code model_type}, for error messages. */
    public static List<String> modelTypes() {
        return Arrays.stream(values()).map(ModelFamily::modelType).toList();
    }
}
