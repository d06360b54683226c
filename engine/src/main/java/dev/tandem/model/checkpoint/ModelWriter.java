package dev.tandem.model.checkpoint;

import dev.tandem.UserException;
import dev.tandem.io.AtomicFiles;
import dev.tandem.io.InputFiles;
import dev.tandem.model.config.ConfigJson;
import dev.tandem.model.config.LinearSpec;
import dev.tandem.model.family.ModelFamilies;
import dev.tandem.model.lora.BaseModel;
import dev.tandem.model.lora.LoraAdapter;
import dev.tandem.model.lora.LoraConfig;
import dev.tandem.model.lora.PeftAdapterReader;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.LazyTensor;
import dev.tandem.tensor.safetensors.SafetensorsModelWriter;
import dev.tandem.tensor.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes models as Hugging Face directories and adapters as PEFT directories. */
public final class ModelWriter {
    /** Size from which a checkpoint is split into shards: Hugging Face's default. */
    public static final long MAX_SHARD_BYTES = 5_000_000_000L;

    private static final List<String> COMPANIONS = List.of(
            "generation_config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "added_tokens.json",
            "tokenizer.model",
            "vocab.json",
            "merges.txt",
            "chat_template.jinja",
            "LICENSE");

    /** More than the largest existing tokenizer. */
    private static final int MAX_COMPANION_BYTES = 200_000_000;

    private ModelWriter() {}

    /**
     * Writes parameters beside the config, generation config and tokenizer files of the model they came from.
     *
     * @param directory created if absent
     * @param source model directory whose config and tokenizer are copied
     * @param tensors parameters by checkpoint name, created one after the other
     * @param type dtype to store them in, F32 or BF16
     */
    public static void writeModel(Path directory, Path source, Map<String, LazyTensor> tensors, DType type) {
        try {
            Files.createDirectories(directory);
            writeConfig(directory, source, type);
            copyTokenizer(source, directory);
            SafetensorsModelWriter.writeLazily(directory, tensors, MAX_SHARD_BYTES, type);
        } catch (IOException e) {
            throw cannotWrite(directory, e);
        }
    }

    /**
     * Writes the config of the model in {@code source}, with the dtype that weights are stored in now, and with a head of its
     * own if the weights have one.
     */
    static void writeConfig(Path directory, Path source, DType type) {
        var json = ConfigJson.read(source.resolve(ConfigJson.FILE_NAME));
        var config = (ObjectNode) json.node();
        if (ModelFamilies.read(json).head().tied()
                && !ModelFamilies.read(source).head().tied()) {
            config.put("tie_word_embeddings", false);
        }
        // transformers 5 writes dtype, 4 torch_dtype: keep the key the source uses
        config.put(config.has("dtype") ? "dtype" : "torch_dtype", type.torchName());
        writeJson(directory.resolve(ConfigJson.FILE_NAME), config);
    }

    /**
     * Writes an adapter in PEFT's format, in float32.
     *
     * @param directory created if absent
     * @param baseModel path or name of the base model, for PEFT's {@code base_model_name_or_path}
     */
    public static void writeAdapter(Path directory, LoraAdapter adapter, String baseModel) {
        try {
            Files.createDirectories(directory);
            writeJson(directory.resolve(PeftAdapterReader.CONFIG), peftConfig(adapter, baseModel));
            SafetensorsWriter.write(
                    directory.resolve(PeftAdapterReader.WEIGHTS), PeftAdapterReader.peftNames(adapter), DType.F32);
        } catch (IOException e) {
            throw cannotWrite(directory, e);
        }
    }

    /**
     * Copies tokenizer and generation config files that exist. The generation config names all tokens that end an answer, as
     * the chat template does.
     */
    public static void copyTokenizer(Path source, Path directory) {
        try {
            Files.createDirectories(directory);
            for (var name : COMPANIONS) {
                var file = source.resolve(name);
                if (InputFiles.isPresent(file)) {
                    AtomicFiles.write(directory.resolve(name), InputFiles.bytes(file, MAX_COMPANION_BYTES));
                }
            }
            GenerationConfig.complete(directory, source);
        } catch (IOException e) {
            throw cannotWrite(directory, e);
        }
    }

    private static Map<String, Object> peftConfig(LoraAdapter adapter, String baseModel) {
        var config = adapter.config();
        var result = new LinkedHashMap<String, Object>();
        result.put("peft_type", "LORA");
        result.put("task_type", "CAUSAL_LM");
        var base = BaseModel.of(baseModel);
        result.put("base_model_name_or_path", base.name());
        base.revision().ifPresent(revision -> result.put("revision", revision));
        result.put("r", config.rank());
        // two puts and not one of a conditional expression, whose branches would both be doubles
        if (config.alpha() == Math.rint(config.alpha())) {
            result.put("lora_alpha", (long) config.alpha());
        } else {
            result.put("lora_alpha", config.alpha());
        }
        result.put("lora_dropout", config.dropout());
        result.put("target_modules", targets(adapter));
        result.put("use_rslora", config.rankStabilized());
        result.put("bias", "none");
        result.put("fan_in_fan_out", false);
        result.put("inference_mode", true);
        return result;
    }

    private static List<String> targets(LoraAdapter adapter) {
        var targets = adapter.config().targets();
        return targets.equals(List.of(LoraConfig.ALL_LINEAR))
                ? adapter.modules().stream()
                        .map(LinearSpec::shortName)
                        .distinct()
                        .toList()
                : targets;
    }

    private static void writeJson(Path file, Object value) {
        var mapper =
                JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        AtomicFiles.write(file, mapper.writeValueAsString(value) + "\n");
    }

    private static UserException cannotWrite(Path directory, IOException e) {
        return new UserException("Cannot write to " + directory + ": " + e.getMessage(), e);
    }
}
