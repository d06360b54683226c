package dev.tandem.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/**
 * A tensor of known shape whose values are created when they are written, so that a checkpoint that does not fit in
 * memory can be written.
 *
 * @param shape dimensions
 * @param values creates the tensor; called once, inside a scope that frees what it allocates
 */
public record LazyTensor(List<Long> shape, Supplier<Tensor> values) {
    public LazyTensor {
        shape = List.copyOf(shape);
    }

    /** A tensor that exists already. */
    public static LazyTensor of(Tensor tensor) {
        return new LazyTensor(Arrays.stream(tensor.shape()).boxed().toList(), () -> tensor);
    }

    /** Number of bytes in a dtype. */
    long bytes(DType type) {
        return shape.stream().mapToLong(Long::longValue).reduce(type.bytes(), Math::multiplyExact);
    }
}
