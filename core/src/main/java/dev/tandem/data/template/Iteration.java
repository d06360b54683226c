package dev.tandem.data.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Iterates over values as Python does. */
final class Iteration {
    private Iteration() {}

    /** All items that a value yields, in order; a fault if it is not iterable. */
    static List<Object> list(Object value, Budget budget) {
        var items = tryList(value)
                .orElseThrow(() -> new TemplateFault(Repr.of(Types.name(value)) + " object is not iterable"));
        budget.spend(items.size());
        return items;
    }

    static boolean iterable(Object value) {
        return value instanceof OneShot || value instanceof Undefined || sized(value);
    }

    /** Whether a value has a length. */
    static boolean sized(Object value) {
        return value instanceof String
                || value instanceof List
                || value instanceof Map
                || value instanceof Tuple
                || value instanceof DictView
                || value instanceof RangeValue
                || value instanceof LoopState;
    }

    static long length(Object value) {
        if (value instanceof Undefined) {
            return 0;
        }
        if (!sized(value)) {
            throw new TemplateFault("object of type " + Repr.of(Types.name(value)) + " has no len()");
        }
        if (value instanceof String text) {
            return CodePoints.length(text);
        }
        if (value instanceof LoopState loop) {
            return loop.length();
        }
        return value instanceof RangeValue range
                ? range.size()
                : tryList(value).orElseThrow().size();
    }

    private static Optional<List<Object>> tryList(Object value) {
        if (value instanceof List<?> list) {
            return Optional.of(new ArrayList<>(list));
        } else if (value instanceof String text) {
            return Optional.of(CodePoints.characters(text));
        } else if (value instanceof Map<?, ?> map) {
            return Optional.of(new ArrayList<>(map.keySet()));
        } else if (value instanceof Tuple tuple) {
            return Optional.of(tuple.items());
        } else if (value instanceof DictView view) {
            return Optional.of(view.items());
        } else if (value instanceof RangeValue range) {
            return Optional.of(range.items());
        } else if (value instanceof Undefined) {
            return Optional.of(List.of());
        } else if (value instanceof OneShot once) {
            var items = new ArrayList<Object>();
            once.iterator().forEachRemaining(items::add);
            return Optional.of(items);
        }
        return Optional.empty();
    }
}
