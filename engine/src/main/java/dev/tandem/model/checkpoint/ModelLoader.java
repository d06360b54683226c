package dev.tandem.model.checkpoint;

import dev.tandem.UserException;
import dev.tandem.model.CausalLm;
import dev.tandem.model.Computation;
import dev.tandem.model.config.ConfigJson;
import dev.tandem.model.config.ModelSpec;
import dev.tandem.model.config.ParameterLayout;
import dev.tandem.model.config.ParameterSpec;
import dev.tandem.model.family.IgnoredKeys;
import dev.tandem.model.family.ModelFamilies;
import dev.tandem.model.layer.ParameterStore;
import dev.tandem.model.lora.LoraAdapter;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.machine.MatrixProducts;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads the parameters of a Hugging Face model directory, and checks them against its config. */
public final class ModelLoader {
    private static final Logger LOG = LoggerFactory.getLogger(ModelLoader.class);

    /** Buffers that older checkpoints store although they follow from the config. */
    private static final Pattern DERIVED_BUFFERS = Pattern.compile(
            ".*\\.(attention\\.bias|attention\\.masked_bias|rotary_emb\\.inv_freq|rotary_emb\\.(cos|sin)_cached)");

    private ModelLoader() {}

    /**
     * A model with frozen parameters.
     *
     * @param directory Hugging Face model directory
     * @param computation how and where it computes
     * @throws UserException if config or weights are absent, malformed or do not fit each other
     */
    public static CausalLm load(Path directory, Computation computation) {
        return load(directory, Optional.empty(), computation);
    }

    /**
     * A model with frozen parameters and an adapter over it, which is freed with the model.
     *
     * @param directory Hugging Face model directory
     * @param adapter PEFT adapter directory over it
     * @param computation how and where it computes
     * @throws UserException if config, weights or adapter are absent, malformed or do not fit each other
     */
    public static CausalLm load(Path directory, Optional<Path> adapter, Computation computation) {
        var spec = ModelFamilies.read(directory);
        var owner = new TensorOwner();
        try {
            var fitting = fitting(spec, computation);
            var model = new CausalLm(spec, tensors(directory, spec, fitting, owner), fitting, owner);
            model.adapter(adapter.map(path -> LoraAdapter.read(path, model.layout(), model.device(), owner)));
            return model;
        } catch (RuntimeException e) {
            owner.close();
            throw e;
        }
    }

    /** Products in a dtype other than the weights' need memory for factors in that dtype. */
    public static Computation fitting(ModelSpec spec, Computation computation) {
        return MatrixProducts.fits(ParameterLayout.of(spec).elements() * Float.BYTES)
                ? computation
                : computation.withProductType(computation.type());
    }

    /**
     * The parameters of a checkpoint by name, in the order of its {@link ParameterLayout}. On the CPU, a parameter stored
     * in {@code type} is a private mapping of the file, not a copy.
     *
     * @param owner keeps the parameters
     */
    public static Map<String, Tensor> tensors(
            Path directory, ModelSpec spec, ScalarType type, Device device, TensorOwner owner) {
        var plain = Computation.of(type, device).withProductType(type).withFusedProjections(false);
        return tensors(directory, spec, plain, owner);
    }

    /**
     * Opens a checkpoint that holds every parameter of a model, in its shape.
     *
     * @param use receives a reader of parameters by name, as they are stored, which is valid until it returns
     * @throws UserException if a parameter is missing or has another shape
     */
    public static <T> T reading(Path directory, ModelSpec spec, Function<Function<String, Tensor>, T> use) {
        try (var scope = new PointerScope();
                var guard = new NoGradGuard();
                var weights = NamedWeights.open(directory, spec)) {
            check(directory, spec, ParameterLayout.of(spec).parameters(), weights);
            return use.apply(weights::tensor);
        }
    }

    /** Rounds to the computation's dtype; matrices are kept in the dtype that they are multiplied in. */
    private static Map<String, Tensor> tensors(
            Path directory, ModelSpec spec, Computation computation, TensorOwner owner) {
        return reading(
                directory,
                spec,
                read -> FrozenParameters.laidOut(
                        ParameterLayout.of(spec),
                        computation,
                        name -> {
                            var rounded = read.apply(name).to(computation.device(), computation.type());
                            return rounded.dim() > 1
                                    ? ParameterStore.cast(rounded, computation.productType())
                                    : rounded;
                        },
                        owner));
    }

    /** Makes sure that a checkpoint holds every parameter of a model, in its shape. */
    static void check(Path directory, ModelSpec spec, List<ParameterSpec> parameters, NamedWeights weights) {
        var left = new TreeSet<>(weights.names());
        for (var parameter : parameters) {
            if (!left.remove(parameter.name())) {
                throw missing(directory, spec, parameter, weights);
            }
            var shape = weights.shape(parameter.name());
            if (!Arrays.stream(shape).boxed().toList().equals(parameter.shape())) {
                throw new UserException(directory + ": tensor '" + weights.stored(parameter) + "' has shape "
                        + Arrays.toString(shape) + "; " + parameter.shape() + " was expected from "
                        + ConfigJson.FILE_NAME + ". The two belong to different models, or one is damaged.");
            }
        }
        var config = ConfigJson.read(directory.resolve(ConfigJson.FILE_NAME));
        IgnoredKeys.of(config).forEach(remark -> LOG.warn("{}: {}", config.file(), remark));
        left.removeIf(name -> DERIVED_BUFFERS.matcher(name).matches());
        if (spec.head().tied()) {
            left.remove(spec.head().weight().name()); // a copy of the embedding, which some writers store
        } else if (ModelFamilies.read(config).head().tied()) {
            LOG.warn(
                    "{}: tie_word_embeddings is ignored: the weights have a head that differs from the embedding",
                    config.file());
        }
        if (!left.isEmpty()) {
            LOG.warn(
                    "{}: ignoring {} tensors that a {} model does not have, '{}' the first",
                    directory,
                    left.size(),
                    spec.modelType(),
                    left.first());
        }
    }

    private static UserException missing(
            Path directory, ModelSpec spec, ParameterSpec parameter, NamedWeights weights) {
        var hint = weights.strangePrefix()
                .map(prefix -> " Names in the file begin with '" + prefix
                        + "', which the model's do not: save the model again without it.")
                .orElseGet(() -> parameter.equals(spec.head().weight())
                        ? " The file may have been saved without its head. If, and only if, the head is the token"
                                + " embedding, config.json must say \"tie_word_embeddings\": true."
                        : " " + ConfigJson.FILE_NAME + " describes " + spec.layers()
                                + " layers; the checkpoint may be incomplete or belong to another model.");
        return new UserException(directory + ": tensor '" + parameter.name() + "' " + parameter.shape()
                + " is missing among the checkpoint's " + weights.names().size() + " tensors." + hint);
    }
}
