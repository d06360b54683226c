package dev.tandem.model;

import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;

/**
 * Parameters for a model that is trained from nothing: matrices normal with standard deviation 0.02, norms one, biases
 * zero, as Hugging Face initialises ({@code PreTrainedModel._init_weights}).
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
            if (parameter.shape().size() > 1) {
                for (var i = 0; i < values.length; i++) {
                    values[i] = (float) (random.nextGaussian() * STANDARD_DEVIATION);
                }
            } else if (parameter.name().endsWith(".weight")) {
                java.util.Arrays.fill(values, 1.0f);
            }
            var shape = parameter.shape().stream().mapToLong(Long::longValue).toArray();
            result.put(parameter.name(), owner.own(Tensors.of(values, device, shape)));
        }
        return result;
    }
}
