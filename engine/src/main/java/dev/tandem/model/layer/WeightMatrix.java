package dev.tandem.model.layer;

import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.parallel.IntraOpPool;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** The matrix W of a linear module: how it is stored, and how it is multiplied. */
interface WeightMatrix {
    /**
     * Computes {@code x·Wᵀ + b}, differentiable in x and in the trained parameters.
     *
     * @param x {@code [tokens, in]}, contiguous, in the dtype of products
     * @param bias b, {@code [out]}, in the dtype of products
     * @return {@code [tokens, out]}, in the dtype of products, a tensor of its own
     */
    Tensor product(Tensor x, Optional<Tensor> bias);

    /**
     * Computes the exact GELU of {@link #product} without a bias, in one operation.
     *
     * @return absent if this kind of matrix has no such operation
     */
    default Optional<Tensor> gelu(Tensor x) {
        return Optional.empty();
    }

    /**
     * A copy that is multiplied faster, for passes without a gradient over weights that no longer change.
     *
     * @param bias b, {@code [out]}, in the dtype of products; the copy's products include it
     * @param team threads that share the products
     * @param owner keeps the copy
     * @return absent if there is no faster copy
     */
    default Optional<WeightMatrix> packed(Optional<Tensor> bias, IntraOpPool team, TensorOwner owner) {
        return Optional.empty();
    }

    /** Memory that a product reads from the matrix, bytes. */
    long bytes();
}
