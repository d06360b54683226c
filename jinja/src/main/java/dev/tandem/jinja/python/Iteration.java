package dev.tandem.jinja.python;

import dev.tandem.jinja.value.DictView;
import dev.tandem.jinja.value.LazyIterator;
import dev.tandem.jinja.value.LoopState;
import dev.tandem.jinja.value.RangeValue;
import dev.tandem.jinja.value.RenderLimits;
import dev.tandem.jinja.value.Repr;
import dev.tandem.jinja.value.TemplateError;
import dev.tandem.jinja.value.Tuple;
import dev.tandem.jinja.value.Types;
import dev.tandem.jinja.value.Undefined;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Iterates over values as Python does. */
public final class Iteration {
    private Iteration() {}

    /** All items that a value yields, in order; a fault if it is not iterable. */
    public static List<Object> list(Object value, RenderLimits budget) {
        var items = tryList(value)
                .orElseThrow(() -> new TemplateError(Repr.of(Types.name(value)) + " object is not iterable"));
        budget.spend(items.size());
        return items;
    }

    public static boolean iterable(Object value) {
        return value instanceof LazyIterator || value instanceof Undefined || sized(value);
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

    public static long length(Object value) {
        if (value instanceof Undefined) {
            return 0;
        }
        if (!sized(value)) {
            throw new TemplateError("object of type " + Repr.of(Types.name(value)) + " has no len()");
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
        } else if (value instanceof LazyIterator once) {
            var items = new ArrayList<Object>();
            once.iterator().forEachRemaining(items::add);
            return Optional.of(items);
        }
        return Optional.empty();
    }
}
