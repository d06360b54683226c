package dev.tandem.model.checkpoint;

import dev.tandem.UserException;
import dev.tandem.model.config.LinearSpec;
import dev.tandem.model.config.ModelSpec;
import dev.tandem.model.config.ParameterLayout;
import dev.tandem.model.family.ModelFamilies;
import dev.tandem.model.layer.ParameterStore;
import dev.tandem.model.lora.LoraAdapter;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.LazyTensor;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.machine.NativeSetup;
import dev.tandem.tensor.safetensors.SafetensorsModelWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * A checkpoint with an adapter merged in, written in another dtype and in shards. It is written tensor by tensor: the
 * base is a mapping of its files, and at most one merged tensor is in memory at a time.
 */
public final class MergedCheckpoint {
    private final Path model;
    private final Optional<LoraAdapter> adapter;
    private final DType type;
    private int changed;

    private MergedCheckpoint(Path model, Optional<LoraAdapter> adapter, DType type) {
        this.model = model;
        this.adapter = adapter;
        this.type = type;
    }

    /**
     * Counts of what was written.
     *
     * @param tensors number of tensors in the checkpoint
     * @param attached number of weights that the adapter attaches to
     * @param changed number of those that differ from the base's, both rounded to the dtype
     * @param files number of files that hold the weights
     * @param bytes size of all tensors, bytes
     */
    public record Written(int tensors, int attached, int changed, int files, long bytes) {}

    /**
     * Writes weights, config and tokenizer.
     *
     * @param model Hugging Face model directory
     * @param adapter PEFT adapter directory for that model
     * @param directory an existing folder
     * @param type F32, BF16 or F16
     * @param maxShardBytes maximum size of a file, unless it holds a single larger tensor
     * @throws UserException if model or adapter are unusable or do not fit each other, a value does not fit the dtype, or
     *     a file cannot be written
     */
    public static Written write(Path model, Optional<Path> adapter, Path directory, DType type, long maxShardBytes) {
        NativeSetup.ensure();
        var spec = ModelFamilies.read(model);
        var layout = ParameterLayout.of(spec);
        try (var owner = new TensorOwner()) {
            var read = adapter.map(path -> LoraAdapter.read(path, layout, new Device("cpu"), owner));
            return new MergedCheckpoint(model, read, type).write(spec, layout, directory, maxShardBytes);
        }
    }

    private Written write(ModelSpec spec, ParameterLayout layout, Path directory, long maxShardBytes) {
        var modules = adapter.map(LoraAdapter::modules).orElse(java.util.List.of()).stream()
                .collect(Collectors.toMap(module -> module.name() + ".weight", LinearSpec::name));
        try (var weights = NamedWeights.open(model, spec)) {
            ModelLoader.check(model, spec, layout.parameters(), weights);
            var tensors = new LinkedHashMap<String, LazyTensor>();
            for (var parameter : layout.parameters()) {
                var name = parameter.name();
                var module = Optional.ofNullable(modules.get(name));
                tensors.put(name, new LazyTensor(parameter.shape(), () -> values(name, module, weights.tensor(name))));
            }
            ModelWriter.writeConfig(directory, model, type);
            ModelWriter.copyTokenizer(model, directory);
            var files = SafetensorsModelWriter.writeLazily(directory, tensors, maxShardBytes, type);
            return new Written(tensors.size(), modules.size(), changed, files, layout.elements() * type.bytes());
        }
    }

    private Tensor values(String name, Optional<String> module, Tensor base) {
        var rounded = ParameterStore.cast(base, type.scalarType());
        var result = rounded;
        if (module.isPresent()) {
            var merged = adapter.orElseThrow().merged(module.orElseThrow(), base);
            result = ParameterStore.cast(merged, type.scalarType());
            changed += result.equal(rounded) ? 0 : 1;
        }
        requireFinite(name, result);
        return result;
    }

    private void requireFinite(String name, Tensor tensor) {
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            if (!tensor.isfinite().all().item_bool()) {
                throw new UserException(model + ": tensor '" + name + "' has values that are not finite as "
                        + type.torchName() + "; finite ones were expected. "
                        + (type == DType.F16
                                ? "float16 ends at 65504: export with --dtype bf16 or fp32."
                                : "The checkpoint or the adapter is damaged, or its training diverged."));
            }
        }
    }
}
