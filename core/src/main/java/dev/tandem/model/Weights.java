package dev.tandem.model;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A model's parameters by checkpoint name, handed out in the dtype of the computation. When all parameters are trained
 * in bfloat16 they are kept in float32 and cast here, inside the graph, so that gradients reach the float32 copy.
 *
 * @param tensors parameters by name
 * @param type dtype of the computation
 */
record Weights(Map<String, Tensor> tensors, ScalarType type) {

    Tensor get(String name) {
        var tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalStateException("no parameter " + name);
        }
        return cast(tensor, type);
    }

    TensorOptional optional(String name) {
        return new TensorOptional(get(name));
    }

    static Tensor cast(Tensor tensor, ScalarType type) {
        // libtorch hands out a new ScalarType object every time: intern() finds the constant
        return tensor.scalar_type().intern() == type.intern() ? tensor : tensor.to(type);
    }
}
