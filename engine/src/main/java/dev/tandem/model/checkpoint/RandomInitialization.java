package dev.tandem.model.checkpoint;

import dev.tandem.model.Computation;
import dev.tandem.model.config.ParameterLayout;
import dev.tandem.model.family.ModelFamilies;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.Devices;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.machine.NativeSetup;
import dev.tandem.tensor.safetensors.SafetensorsModelWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;

/**
 * Parameters for a model that is trained from scratch: matrices are normally distributed with standard deviation 0.02,
 * norms scale nothing, biases are zero, as Hugging Face initialises them ({@code PreTrainedModel._init_weights}).
 */
public final class RandomInitialization {
    private static final double STANDARD_DEVIATION = 0.02;

    private RandomInitialization() {}

    /**
     * Draws all parameters of a layout, in float32.
     *
     * @param seed the same seed gives the same parameters
     * @param owner keeps the parameters
     */
    public static Map<String, Tensor> parameters(ParameterLayout layout, long seed, Device device, TensorOwner owner) {
        var random = new SplittableRandom(seed);
        var result = new LinkedHashMap<String, Tensor>();
        for (var parameter : layout.parameters()) {
            var values = new float[Math.toIntExact(parameter.elements())];
            switch (parameter.init()) {
                case NORMAL -> {
                    for (var i = 0; i < values.length; i++) {
                        values[i] = (float) (random.nextGaussian() * STANDARD_DEVIATION);
                    }
                }
                case ONES -> Arrays.fill(values, 1.0f);
                case ZEROS -> Arrays.fill(values, 0.0f);
            }
            var shape = parameter.shape().stream().mapToLong(Long::longValue).toArray();
            result.put(parameter.name(), owner.own(Tensors.of(values, device, shape)));
        }
        return result;
    }

    /**
     * Draws frozen parameters: rounded to a computation's dtype and laid out for it.
     *
     * @param owner keeps the parameters
     */
    public static Map<String, Tensor> frozen(
            ParameterLayout layout, long seed, Computation computation, TensorOwner owner) {
        try (var drawn = new TensorOwner()) {
            var values = parameters(layout, seed, computation.device(), drawn);
            return FrozenParameters.laidOut(
                    layout,
                    computation,
                    name -> Objects.requireNonNull(values.get(name))
                            .to(computation.type())
                            .clone(),
                    owner);
        }
    }

    /**
     * Writes {@code model.safetensors} of random float32 parameters beside a {@code config.json}.
     *
     * @param directory holds the config
     * @throws dev.tandem.UserException if the config is unusable or the file cannot be written
     */
    public static void write(Path directory, long seed) {
        NativeSetup.ensure();
        var layout = ParameterLayout.of(ModelFamilies.read(directory));
        try (var owner = new TensorOwner()) {
            SafetensorsModelWriter.write(
                    directory,
                    parameters(layout, seed, Devices.of("cpu"), owner),
                    ModelWriter.MAX_SHARD_BYTES,
                    DType.F32);
        }
    }
}
