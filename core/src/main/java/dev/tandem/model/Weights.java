package dev.tandem.model;

import dev.tandem.tensor.PackedMatrix;
import dev.tandem.tensor.SideBySide;
import dev.tandem.tensor.Team;
import dev.tandem.tensor.TensorOwner;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
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
     * Parameters that lie one below the other in memory, as one.
     *
     * @param names of the parameters
     * @param owner keeps what it gives
     */
    Optional<Tensor> joined(List<String> names, TensorOwner owner) {
        return SideBySide.joined(names.stream().map(this::stored).toList(), owner);
    }

    /**
     * A packed copy of modules' weights.
     *
     * @param linears that read the same input, all with a bias or none
     * @param owner keeps what it gives
     */
    PackedMatrix packed(List<Linear> linears, Team team, TensorOwner owner) {
        return PackedMatrix.of(
                linears.stream().map(l -> factor(l.weight())).toList(),
                linears.stream()
                        .flatMap(l -> l.bias().stream())
                        .map(this::factor)
                        .toList(),
                team,
                owner);
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

    /**
     * {@code x·Wᵀ + b}.
     *
     * @param x {@code [tokens, in]}, as {@link #toProducts} gives it
     * @param w a {@link #factor(Tensor) factor}, {@code [out, in]}
     * @param bias a factor, {@code [out]}
     * @return {@code [tokens, out]}, in the dtype of products
     */
    Tensor product(Tensor x, Tensor w, Optional<Tensor> bias) {
        return bias.map(b -> torch.linear(x, w, new TensorOptional(b))).orElseGet(() -> torch.linear(x, w));
    }

    /**
     * Adds {@code scale·x·Wᵀ} to a product, in place: nobody else may hold it.
     *
     * @param total {@code [tokens, out]}, in the dtype of products
     * @param x {@code [tokens, in]}, in the dtype of products
     * @param w a factor, {@code [out, in]}
     */
    static Tensor addProduct(Tensor total, Tensor x, Tensor w, double scale) {
        return total.addmm_(x, w.t(), new Scalar(1.0), new Scalar(scale));
    }

    private Tensor stored(String name) {
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
