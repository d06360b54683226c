package dev.tandem.model.config;

import java.util.List;

/**
 * A parameter of a model.
 *
 * @param name checkpoint tensor name
 * @param shape dimensions
 * @param init its initial values in a model that is trained from scratch
 * @param decays whether AdamW's weight decay applies to it: to matrices, not to norms and biases
 */
public record ParameterSpec(String name, List<Long> shape, Init init, boolean decays) {
    /** Initial values of a parameter. */
    public enum Init {
        /** Normally distributed around 0. */
        NORMAL,
        /** All ones. */
        ONES,
        /** All zeros. */
        ZEROS
    }

    public ParameterSpec {
        shape = List.copyOf(shape);
    }

    /** A matrix, which has random initial values and decays. */
    public static ParameterSpec matrix(String name, long rows, long columns) {
        return new ParameterSpec(name, List.of(rows, columns), Init.NORMAL, true);
    }

    /** A norm's weight or a bias, which does not decay. */
    public static ParameterSpec vector(String name, long width, Init init) {
        return new ParameterSpec(name, List.of(width), init, false);
    }

    /** Number of elements. @throws ArithmeticException beyond 2^63 */
    public long elements() {
        return shape.stream().mapToLong(Long::longValue).reduce(1L, Math::multiplyExact);
    }
}
