package dev.tandem.model;

import java.util.List;

/**
 * A parameter of a model: its checkpoint name and shape.
 *
 * @param name checkpoint tensor name
 * @param shape dimensions
 */
public record ParameterSpec(String name, List<Long> shape) {
    public ParameterSpec {
        shape = List.copyOf(shape);
    }

    /** Number of elements. @throws ArithmeticException beyond 2^63 */
    public long elements() {
        return shape.stream().mapToLong(Long::longValue).reduce(1L, Math::multiplyExact);
    }
}
