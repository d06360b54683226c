package dev.tandem.data.template;

import java.util.Optional;

/** Values as numbers: Python's booleans are the numbers 0 and 1. */
final class Numbers {
    private Numbers() {}

    static boolean is(Object value) {
        return value instanceof Long || value instanceof Double || value instanceof Boolean;
    }

    /** The integer that a value is, as Python accepts it where an index is required. */
    static Optional<Long> index(Object value) {
        if (value instanceof Boolean truth) {
            return Optional.of(truth ? 1L : 0L);
        }
        return value instanceof Long number ? Optional.of(number) : Optional.empty();
    }

    /** A number as a double. */
    static double real(Object value) {
        return value instanceof Double number ? number : index(value).orElseThrow();
    }
}
