package dev.tandem.model.lora;

import dev.tandem.UserException;
import dev.tandem.io.InputFiles;
import dev.tandem.model.config.ConfigJson;
import dev.tandem.model.config.LinearSpec;
import dev.tandem.model.config.ParameterLayout;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.safetensors.SafetensorsFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Reads a LoRA adapter in PEFT's format: {@code adapter_config.json} and {@code adapter_model.safetensors}. */
public final class PeftAdapterReader {
    public static final String CONFIG = "adapter_config.json";
    public static final String WEIGHTS = "adapter_model.safetensors";
    static final String PREFIX = "base_model.model.";

    /** Matrices that PEFT stores whole: {@code save_embedding_layers}, {@code modules_to_save}. */
    private static final Pattern EMBEDDING_OR_HEAD = Pattern.compile(
            ".*\\b(embed_tokens|embed_in|lm_head|embed_out)\\.(base_layer\\.|modules_to_save\\.)?weight");

    private static final Set<DType> ADAPTER_TYPES = Set.of(DType.F32, DType.BF16, DType.F16);

    private final Path directory;
    private final ParameterLayout layout;

    PeftAdapterReader(Path directory, ParameterLayout layout) {
        this.directory = directory;
        this.layout = layout;
    }

    /** Reads the adapter; its tensors are float32, on {@code device}, and kept by {@code owner}. */
    LoraAdapter read(Device device, TensorOwner owner) {
        requireSafetensors();
        try (var scope = new PointerScope();
                var guard = new NoGradGuard();
                var file = SafetensorsFile.open(directory.resolve(WEIGHTS))) {
            // first: a key explains tensors that plain LoRA does not have
            AdapterKeys.check(ConfigJson.read(directory.resolve(CONFIG)));
            var modules = modules(file.names());
            var config =
                    config(directory, modules.stream().map(LinearSpec::name).toList());
            var tensors = new LinkedHashMap<String, Tensor>();
            for (var module : modules) {
                tensors.put(
                        module.name() + ".lora_A", load(file, module, "A", config.rank(), module.in(), device, owner));
                tensors.put(
                        module.name() + ".lora_B", load(file, module, "B", module.out(), config.rank(), device, owner));
            }
            return new LoraAdapter(config, modules, tensors);
        }
    }

    private void requireSafetensors() {
        var pickle = directory.resolve("adapter_model.bin");
        if (!InputFiles.isPresent(directory.resolve(WEIGHTS)) && Files.exists(pickle)) {
            throw new UserException(
                    pickle + " is a Python pickle, which can run any code when it is read, so Tandem never"
                            + " reads it. If you trust it, load it with PEFT and save it again with save_pretrained, which"
                            + " writes " + WEIGHTS + ".");
        }
    }

    /**
     * An adapter's shape, from its config alone.
     *
     * @param directory adapter directory
     * @return the shape; its targets are all linear modules if the config names none or a pattern, because only the
     *     weights show what a pattern matched
     * @throws UserException if the config is malformed, or the kind of adapter is not supported
     */
    public static LoraConfig config(Path directory) {
        var config = config(directory, List.of(LoraConfig.ALL_LINEAR));
        return config.targets().isEmpty()
                ? new LoraConfig(
                        config.rank(),
                        config.alpha(),
                        config.dropout(),
                        List.of(LoraConfig.ALL_LINEAR),
                        config.rankStabilized())
                : config;
    }

    /** @param matched modules that a pattern matches */
    private static LoraConfig config(Path directory, List<String> matched) {
        var json = ConfigJson.read(directory.resolve(CONFIG));
        AdapterKeys.check(json);
        var dropout = json.number("lora_dropout", 0.0);
        if (dropout < 0 || dropout >= 1) {
            throw json.wrong("lora_dropout", "a probability from 0 to below 1");
        }
        return new LoraConfig(
                json.positive("r"),
                json.number("lora_alpha"),
                dropout,
                targets(json, matched),
                json.flag("use_rslora", false));
    }

    private static List<String> targets(ConfigJson json, List<String> matched) {
        if (isSet(json, "layers_to_transform") || isSet(json, "exclude_modules")) {
            return matched; // the names of target_modules alone would be more modules
        }
        var value = json.node().get("target_modules");
        if (value == null || !value.isString()) {
            return json.texts("target_modules");
        }
        // a single string is all-linear or a regular expression, whose matches are known from the weights
        return LoraConfig.ALL_LINEAR.equals(value.stringValue()) ? List.of(LoraConfig.ALL_LINEAR) : matched;
    }

    private static boolean isSet(ConfigJson json, String key) {
        return json.has(key) && !json.node().get(key).isEmpty()
                || json.node().path(key).isNumber();
    }

    /** The modules that the file has weights for; every tensor must belong to a module of this model. */
    private List<LinearSpec> modules(Set<String> names) {
        var left = new TreeSet<>(names);
        var found = new ArrayList<LinearSpec>();
        for (var linear : layout.linears()) {
            if (left.remove(key(linear, "A")) | left.remove(key(linear, "B"))) {
                found.add(linear);
            }
        }
        if (!left.isEmpty()) {
            throw strange(left.first());
        }
        if (found.isEmpty()) {
            throw new UserException(directory.resolve(WEIGHTS) + " holds no adapter weights.");
        }
        return found;
    }

    private UserException strange(String tensor) {
        var whole = EMBEDDING_OR_HEAD.matcher(tensor).matches();
        return new UserException(directory.resolve(WEIGHTS) + ": tensor '" + tensor
                + (whole
                        ? "' is a whole embedding or output head, which PEFT saves with an adapter when tokens were"
                                + " added or it was trained. Such adapters are not supported; merge this one into its"
                                + " base with PEFT first."
                        : "' belongs to no linear module of this model. Is the adapter for another base model?"));
    }

    private Tensor load(
            SafetensorsFile file,
            LinearSpec module,
            String side,
            int rows,
            int columns,
            Device device,
            TensorOwner owner) {
        var name = key(module, side);
        if (!file.names().contains(name)) {
            throw new UserException(directory.resolve(WEIGHTS) + ": tensor '" + name + "' is missing.");
        }
        if (!ADAPTER_TYPES.contains(file.dtype(name))) {
            throw new UserException(directory.resolve(WEIGHTS) + ": tensor '" + name + "' is stored as "
                    + file.dtype(name) + "; F32, BF16 or F16 was expected.");
        }
        var shape = file.shape(name);
        if (!Arrays.equals(shape, new long[] {rows, columns})) {
            throw new UserException(directory.resolve(WEIGHTS) + ": tensor '" + name + "' has shape "
                    + Arrays.toString(shape) + "; [" + rows + ", " + columns
                    + "] was expected. Is the adapter for another base model?");
        }
        // a copy: the file's pages must not be written to, and its mapping ends with the file
        return owner.own(file.tensor(name).to(device, ScalarType.Float).clone());
    }

    static String key(LinearSpec module, String side) {
        return PREFIX + module.name() + ".lora_" + side + ".weight";
    }

    /** Tensor names by the adapter's own names, in PEFT's. */
    public static Map<String, Tensor> peftNames(LoraAdapter adapter) {
        var result = new LinkedHashMap<String, Tensor>();
        adapter.tensors().forEach((name, tensor) -> result.put(PREFIX + name + ".weight", tensor));
        return result;
    }
}
