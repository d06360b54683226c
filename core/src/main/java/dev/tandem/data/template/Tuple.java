package dev.tandem.data.template;

import java.util.List;

/**
 * A Python tuple.
 *
 * @param names the names by which its items are accessible as attributes; none for a plain tuple
 */
record Tuple(List<Object> items, List<String> names) {
    Tuple {
        items = List.copyOf(items);
    }

    Tuple(List<Object> items) {
        this(items, List.of());
    }

    static Tuple of(Object... items) {
        return new Tuple(List.of(items));
    }
}
