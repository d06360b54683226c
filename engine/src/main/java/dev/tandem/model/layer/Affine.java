package dev.tandem.model.layer;

import dev.tandem.model.config.LinearSpec;
import dev.tandem.tensor.AdjacentTensors;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.parallel.IntraOpPool;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * Computes {@code x·Wᵀ + b}: a linear module without its adapter, or several modules that read the same input, computed
 * as one.
 *
 * @param matrix W
 * @param bias b as it is stored, {@code [out]}; absent if there is none, or the matrix includes it
 */
record Affine(WeightMatrix matrix, Optional<Tensor> bias, ParameterStore weights) {

    /** The affine map of a module. */
    static Affine of(LinearSpec spec, ParameterStore weights) {
        var bias = spec.bias() ? Optional.of(weights.stored(spec.biasName())) : Optional.<Tensor>empty();
        return new Affine(new DenseMatrix(weights, weights.stored(spec.weightName())), bias, weights);
    }

    /** Several modules as one, all with a bias or all without, if their parameters are adjacent in memory. */
    static Optional<Affine> fused(List<Affine> parts, TensorOwner owner) {
        var weights = parts.get(0).weights();
        var biases = biases(parts);
        return dense(parts)
                .flatMap(all -> DenseMatrix.fused(all, owner))
                .flatMap(matrix -> biases.isEmpty()
                        ? Optional.of(new Affine(matrix, Optional.empty(), weights))
                        : AdjacentTensors.fused(biases, owner)
                                .map(bias -> new Affine(matrix, Optional.of(bias), weights)));
    }

    /**
     * One packed copy of several modules, all with a bias or all without; absent if their matrices cannot be packed.
     */
    static Optional<Affine> packed(List<Affine> parts, IntraOpPool team, TensorOwner owner) {
        var weights = parts.get(0).weights();
        var biases = biases(parts).stream().map(weights::factor).toList();
        return dense(parts)
                .map(all -> new Affine(DenseMatrix.packed(all, biases, team, owner), Optional.empty(), weights));
    }

    private static List<Tensor> biases(List<Affine> parts) {
        return parts.stream().flatMap(part -> part.bias().stream()).toList();
    }

    private static Optional<List<DenseMatrix>> dense(List<Affine> parts) {
        var dense = parts.stream()
                .map(Affine::matrix)
                .filter(DenseMatrix.class::isInstance)
                .map(DenseMatrix.class::cast)
                .toList();
        return dense.size() == parts.size() ? Optional.of(dense) : Optional.empty();
    }

    /** A packed copy, or this map if there is none. */
    Affine packed(IntraOpPool team, TensorOwner owner) {
        return matrix.packed(factor(), team, owner)
                .map(copy -> new Affine(copy, Optional.empty(), weights))
                .orElse(this);
    }

    /** @param x {@code [tokens, in]}, in the dtype of products @return {@code [tokens, out]}, likewise */
    Tensor product(Tensor x) {
        return matrix.product(x, factor());
    }

    /** The exact GELU of the product in one operation, if such an operation exists. */
    Optional<Tensor> gelu(Tensor x) {
        return bias.isPresent() ? Optional.empty() : matrix.gelu(x);
    }

    private Optional<Tensor> factor() {
        return bias.map(weights::factor);
    }
}
