package dev.tandem.model;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A model's parameters by checkpoint name, handed out in the dtype of the computation. When all parameters are trained
 * in bfloat16 they are kept in float32 and cast here, inside the graph, so that gradients reach the float32 copy.
 *
 * @param tensors parameters by name; frozen ones hold values that the dtype has
 * @param type dtype of the computation
 * @param productType dtype that matrix products are computed in
 */
record Weights(Map<String, Tensor> tensors, ScalarType type, ScalarType productType) {

    Tensor get(String name) {
        return cast(stored(name), type);
    }

    TensorOptional optional(String name) {
        return new TensorOptional(get(name));
    }

    /** A factor of a matrix product: values that the computation's dtype has, in the dtype of products. */
    Tensor factor(String name) {
        return factor(stored(name));
    }

    /** The same of a parameter that is not one of the model's own. */
    Tensor factor(Tensor tensor) {
        // a frozen parameter was rounded when it was loaded
        return cast(tensor.requires_grad() ? cast(tensor, type) : tensor, productType);
    }

    /**
     * Rows of an embedding.
     *
     * @param ids {@code [tokens]}
     * @return {@code [tokens, hidden]}
     */
    Tensor embedded(String name, Tensor ids) {
        // rows first, then the cast: a batch has far fewer than the vocabulary
        return cast(torch.embedding(stored(name), ids), type);
    }

    /** Activations as matrix products take them. */
    Tensor toProducts(Tensor x) {
        return cast(x, productType);
    }

    /** The result of matrix products as an activation. */
    Tensor fromProducts(Tensor product) {
        return cast(product, type);
    }

    /** A parameter as it is stored. */
    Tensor stored(String name) {
        var tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalStateException("no parameter " + name);
        }
        return tensor;
    }

    static Tensor cast(Tensor tensor, ScalarType type) {
        // libtorch hands out a new ScalarType object every time: intern() finds the constant
        return tensor.scalar_type().intern() == type.intern() ? tensor : tensor.to(type);
    }
}
