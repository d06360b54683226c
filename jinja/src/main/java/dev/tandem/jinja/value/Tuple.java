package dev.tandem.jinja.value;

import java.util.List;

/**
 * A Python tuple.
 *
 * @param names the names by which its items are accessible as attributes; none for a plain tuple
 */
public record Tuple(List<Object> items, List<String> names) {
    public Tuple {
        items = List.copyOf(items);
    }

    public Tuple(List<Object> items) {
        this(items, List.of());
    }

    public static Tuple of(Object... items) {
        return new Tuple(List.of(items));
    }
}
