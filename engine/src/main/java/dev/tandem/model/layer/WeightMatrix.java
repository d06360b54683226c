package dev.tandem.model.layer;

import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.parallel.IntraOpPool;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** The matrix W of a linear module: how it is stored, and how it is multiplied. */
interface WeightMatrix {
    /**
     * {@code x·Wᵀ + b}, differentiable in x and in what is trained.
     *
     * @param x {@code [tokens, in]}, contiguous, in the dtype of products
     * @param bias b, {@code [out]}, in the dtype of products
     * @return {@code [tokens, out]}, in the dtype of products, a tensor of its own
     */
    Tensor product(Tensor x, Optional<Tensor> bias);

    /**
     * The exact GELU of {@link #product} without a bias, in one operation.
     *
     * @return absent where this kind of matrix has no such operation
     */
    default Optional<Tensor> gelu(Tensor x) {
        return Optional.empty();
    }

    /**
     * A copy that is multiplied faster, for passes without a gradient over weights that do not change any more.
     *
     * @param bias b, {@code [out]}, in the dtype of products; the copy's products include it
     * @param team shares out the products
     * @param owner keeps the copy
     * @return absent where there is none that is faster
     */
    default Optional<WeightMatrix> packed(Optional<Tensor> bias, IntraOpPool team, TensorOwner owner) {
        return Optional.empty();
    }

    /** Memory that a product reads of it, bytes. */
    long bytes();
}
