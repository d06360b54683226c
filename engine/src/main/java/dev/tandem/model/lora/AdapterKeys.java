package dev.tandem.model.lora;

import dev.tandem.UserException;
import dev.tandem.model.config.ConfigJson;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * The keys of an {@code adapter_config.json}. PEFT adds variants of LoRA with every release, and a variant that is read as
 * plain LoRA computes something else without a word. So a key is known, or it must have a value that switches it off.
 */
final class AdapterKeys {
    /** Keys that are read, or that change nothing about what a trained adapter computes. */
    private static final Set<String> KNOWN = Set.of(
            // read
            "peft_type",
            "r",
            "lora_alpha",
            "lora_dropout",
            "use_rslora",
            "bias",
            "target_modules",
            "init_lora_weights",
            "base_model_name_or_path",
            "revision",
            // the weights show which modules were adapted
            "exclude_modules",
            "layers_to_transform",
            "layers_pattern",
            // where and how the adapter was trained
            "task_type",
            "inference_mode",
            "peft_version",
            "auto_mapping",
            "runtime_config",
            "megatron_core",
            // of the first values of A and B, which init_lora_weights chooses
            "eva_config",
            "corda_config",
            "loftq_config",
            "lora_ga_config",
            // of use_qalora, which is refused
            "qalora_group_size");

    /** Initialisations that leave the base as it is; the others subtract the adapter's first value from its weights. */
    private static final Set<String> PLAIN = Set.of("true", "false", "gaussian", "eva", "orthogonal");

    private AdapterKeys() {}

    /**
     * Makes sure that an adapter is plain LoRA.
     *
     * @throws UserException if a key may mean something else; the message names it
     */
    static void check(ConfigJson json) {
        var type = json.text("peft_type").orElse("LORA");
        if (!"LORA".equals(type)) {
            throw new UserException(json.file() + ": peft_type '" + type + "' is not supported; LORA was expected.");
        }
        json.node().propertyStream().forEach(entry -> {
            if (!KNOWN.contains(entry.getKey()) && !isOff(entry.getValue())) {
                throw new UserException(json.file() + ": '" + entry.getKey() + "' is set, which is not supported. Plain"
                        + " LoRA adapters are; merge this one into its base with PEFT first.");
            }
        });
        json.text("bias").filter(bias -> !"none".equals(bias)).ifPresent(bias -> {
            throw json.wrong("bias", "none (adapters that train biases are not supported)");
        });
        requirePlainBase(json);
    }

    /** Whether a value switches its key off: null, false or empty. */
    private static boolean isOff(JsonNode value) {
        return value.isNull()
                || (value.isBoolean() && !value.booleanValue())
                || (value.isContainer() && value.isEmpty());
    }

    private static void requirePlainBase(ConfigJson json) {
        var value = json.node().path("init_lora_weights");
        if (!value.isMissingNode()
                && !value.isNull()
                && !PLAIN.contains(value.asString("").toLowerCase(Locale.ROOT))) {
            throw json.wrong(
                    "init_lora_weights",
                    "an initialisation that leaves the base as it is (convert the adapter to"
                            + " plain LoRA with PEFT first)");
        }
    }
}
