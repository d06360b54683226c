package dev.tandem.model.layer;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A model's parameters by checkpoint name, handed out in the dtype of the computation. When all parameters are trained
 * in bfloat16 they are kept in float32 and cast here, inside the graph, so that gradients reach the float32 copy.
 *
 * @param tensors parameters by name; frozen ones hold only values that the dtype can represent
 * @param type dtype of the computation
 * @param productType dtype that matrix products are computed in
 */
public record ParameterStore(Map<String, Tensor> tensors, ScalarType type, ScalarType productType) {

    Tensor get(String name) {
        return cast(stored(name), type);
    }

    TensorOptional optional(String name) {
        return new TensorOptional(get(name));
    }

    /**
     * A factor of a matrix product: values that the computation's dtype can represent, stored in the dtype of products.
     */
    public Tensor factor(String name) {
        return factor(stored(name));
    }

    /** A parameter that does not belong to the model, as a factor of a matrix product. */
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
    public Tensor embedded(String name, Tensor ids) {
        // select rows first, then cast: a batch has far fewer rows than the vocabulary
        return cast(torch.embedding(stored(name), ids), type);
    }

    /** Activations in the dtype of matrix products. */
    public Tensor toProducts(Tensor x) {
        return cast(x, productType);
    }

    /** The result of a matrix product in the dtype of activations. */
    Tensor fromProducts(Tensor product) {
        return cast(product, type);
    }

    /** A parameter as it is stored. */
    public Tensor stored(String name) {
        var tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalStateException("no parameter " + name);
        }
        return tensor;
    }

    public static Tensor cast(Tensor tensor, ScalarType type) {
        // libtorch hands out a new ScalarType object every time: intern() finds the constant
        return tensor.scalar_type().intern() == type.intern() ? tensor : tensor.to(type);
    }
}
