package dev.tandem.model.layer;

import dev.tandem.tensor.AdjacentTensors;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.parallel.IntraOpPool;
import dev.tandem.tensor.parallel.PackedMatrix;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * A matrix of floating-point numbers, as checkpoints hold them.
 *
 * @param stored {@code [out, in]}, a parameter or adjacent parameters as one
 */
record DenseMatrix(ParameterStore weights, Tensor stored) implements WeightMatrix {

    /** Matrices that are adjacent in memory, stacked as one; absent if they are not. */
    static Optional<DenseMatrix> fused(List<DenseMatrix> parts, TensorOwner owner) {
        var weights = parts.get(0).weights();
        return AdjacentTensors.fused(parts.stream().map(DenseMatrix::stored).toList(), owner)
                .map(all -> new DenseMatrix(weights, all));
    }

    /**
     * One packed copy of matrices that read the same input.
     *
     * @param biases biases of all of them, in the dtype of products, or none
     */
    static WeightMatrix packed(List<DenseMatrix> parts, List<Tensor> biases, IntraOpPool team, TensorOwner owner) {
        var factors = parts.stream().map(DenseMatrix::factor).toList();
        var bytes = factors.stream().mapToLong(Tensor::nbytes).sum();
        return new Packed(PackedMatrix.of(factors, biases, team, owner), bytes);
    }

    @Override
    public Tensor product(Tensor x, Optional<Tensor> bias) {
        var w = factor();
        return bias.map(b -> torch.linear(x, w, new TensorOptional(b))).orElseGet(() -> torch.linear(x, w));
    }

    @Override
    public Optional<WeightMatrix> packed(Optional<Tensor> bias, IntraOpPool team, TensorOwner owner) {
        return Optional.of(packed(List.of(this), bias.stream().toList(), team, owner));
    }

    @Override
    public long bytes() {
        return stored.nbytes();
    }

    private Tensor factor() {
        return weights.factor(stored);
    }

    /**
     * A copy in the layout that the processor reads fastest.
     *
     * @param matrix packed matrix, which includes the bias if there is one
     */
    private record Packed(PackedMatrix matrix, long bytes) implements WeightMatrix {
        @Override
        public Tensor product(Tensor x, Optional<Tensor> bias) {
            var product = matrix.product(x);
            return bias.map(product::add_).orElse(product);
        }

        @Override
        public Optional<Tensor> gelu(Tensor x) {
            return Optional.of(matrix.gelu(x));
        }
    }
}
