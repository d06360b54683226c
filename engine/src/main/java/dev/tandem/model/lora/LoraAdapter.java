package dev.tandem.model.lora;

import dev.tandem.UserException;
import dev.tandem.model.config.LinearSpec;
import dev.tandem.model.config.ParameterLayout;
import dev.tandem.model.layer.LoraWeights;
import dev.tandem.model.layer.ParameterStore;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.Tensors;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * A LoRA adapter: matrices A and B for some linear modules (Hu et al., 2021, arXiv 2106.09685; {@code peft.LoraModel}).
 * It does not own its tensors.
 *
 * <p>Tensors are named {@code <module path>.lora_A} {@code [rank, in]} and {@code <module path>.lora_B}
 * {@code [out, rank]}.
 */
public final class LoraAdapter {
    private static final String A = ".lora_A";
    private static final String B = ".lora_B";

    private final LoraConfig config;
    private final List<LinearSpec> modules;
    private final Map<String, Tensor> tensors;

    LoraAdapter(LoraConfig config, List<LinearSpec> modules, Map<String, Tensor> tensors) {
        this.config = config;
        this.modules = List.copyOf(modules);
        this.tensors = new LinkedHashMap<>(tensors);
    }

    /**
     * A new adapter, initialised as PEFT does: A uniform in ±1/√in ({@code kaiming_uniform_} with a = √5), B zero, so
     * that the adapted model initially equals the base.
     *
     * @param seed seed of A
     */
    public static LoraAdapter create(LoraConfig config, ParameterLayout layout, long seed, Device device) {
        var modules = config.modules(layout);
        var random = new SplittableRandom(seed);
        var tensors = new LinkedHashMap<String, Tensor>();
        for (var module : modules) {
            var bound = 1.0 / Math.sqrt(module.in());
            var a = new float[config.rank() * module.in()];
            for (var i = 0; i < a.length; i++) {
                a[i] = (float) ((2 * random.nextDouble() - 1) * bound);
            }
            tensors.put(module.name() + A, Tensors.of(a, device, config.rank(), module.in()));
            tensors.put(module.name() + B, Tensors.zeros(device, module.out(), config.rank()));
        }
        return new LoraAdapter(config, modules, tensors);
    }

    /** The files of an adapter folder in PEFT's format: its config and its weights. */
    public static List<Path> files(Path directory) {
        return List.of(directory.resolve(PeftAdapterReader.CONFIG), directory.resolve(PeftAdapterReader.WEIGHTS));
    }

    /**
     * Reads an adapter in PEFT's format ({@code adapter_config.json}, {@code adapter_model.safetensors}).
     *
     * @param directory adapter directory
     * @param layout of the base model
     * @param owner keeps the tensors
     * @throws UserException if it is malformed, of an unsupported kind, or does not fit the base model
     */
    public static LoraAdapter read(Path directory, ParameterLayout layout, Device device, TensorOwner owner) {
        return new PeftAdapterReader(directory, layout).read(device, owner);
    }

    /** The adapter's shape. */
    public LoraConfig config() {
        return config;
    }

    /** The modules it attaches to. */
    public List<LinearSpec> modules() {
        return modules;
    }

    /** Its tensors by name, module after module, A before B. */
    public Map<String, Tensor> tensors() {
        return new LinkedHashMap<>(tensors);
    }

    /** This adapter over other tensors of the same names and shapes. */
    public LoraAdapter withTensors(Map<String, Tensor> replacements) {
        var result = new LinkedHashMap<String, Tensor>();
        tensors.keySet().forEach(name -> result.put(name, required(replacements, name)));
        return new LoraAdapter(config, modules, result);
    }

    /** This adapter with another dropout. */
    public LoraAdapter withDropout(double dropout) {
        var changed = new LoraConfig(config.rank(), config.alpha(), dropout, config.targets(), config.rankStabilized());
        return new LoraAdapter(changed, modules, tensors);
    }

    /** The weights of one module, if the adapter attaches to it. */
    public Optional<LoraWeights> weights(String module) {
        var a = Optional.ofNullable(tensors.get(module + A));
        return a.map(t -> new LoraWeights(t, required(tensors, module + B), config.scale(), config.dropout()));
    }

    /**
     * The base's parameters with the adapter merged in: {@code W + scale·B·A}, computed in float32 and rounded to the
     * base's dtype. Parameters that it does not touch are returned unchanged.
     *
     * @param owner keeps the merged parameters
     */
    public Map<String, Tensor> mergedInto(Map<String, Tensor> base, TensorOwner owner) {
        var result = new LinkedHashMap<>(base);
        for (var module : modules) {
            var name = module.name() + ".weight";
            var weight = required(base, name);
            try (var scope = new PointerScope();
                    var guard = new NoGradGuard()) {
                var merged = merged(module.name(), weight);
                result.put(name, owner.own(ParameterStore.cast(merged, weight.scalar_type())));
            }
        }
        return result;
    }

    /**
     * The weight of a module it attaches to, with the adapter merged in: {@code W + scale·B·A}, float32, not rounded.
     */
    public Tensor merged(String module, Tensor weight) {
        var delta = required(tensors, module + B)
                .matmul(required(tensors, module + A))
                .mul(new Scalar(config.scale()));
        return ParameterStore.cast(weight, delta.scalar_type()).add(delta);
    }

    private static Tensor required(Map<String, Tensor> map, String name) {
        return Optional.ofNullable(map.get(name)).orElseThrow(() -> new IllegalArgumentException("no tensor " + name));
    }
}
