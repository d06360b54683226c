package dev.tandem.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/**
 * A tensor of known shape whose values are made when they are written, so that a checkpoint can be written that would not
 * fit in memory.
 *
 * @param shape dimensions
 * @param values makes the tensor; asked once, inside a scope that frees what it makes
 */
public record LazyTensor(List<Long> shape, Supplier<Tensor> values) {
    public LazyTensor {
        shape = List.copyOf(shape);
    }

    /** A tensor that is there already. */
    public static LazyTensor of(Tensor tensor) {
        return new LazyTensor(Arrays.stream(tensor.shape()).boxed().toList(), () -> tensor);
    }

    /** Bytes it takes in a dtype. */
    long bytes(DType type) {
        return shape.stream().mapToLong(Long::longValue).reduce(type.bytes(), Math::multiplyExact);
    }
}
