package dev.tandem.jinja.builtin;

import dev.tandem.jinja.python.Arithmetic;
import dev.tandem.jinja.python.DictMethods;
import dev.tandem.jinja.python.Iteration;
import dev.tandem.jinja.value.Arguments;
import dev.tandem.jinja.value.CallContext;
import dev.tandem.jinja.value.LazyIterator;
import dev.tandem.jinja.value.None;
import dev.tandem.jinja.value.RenderLimits;
import dev.tandem.jinja.value.Repr;
import dev.tandem.jinja.value.TemplateError;
import dev.tandem.jinja.value.Text;
import dev.tandem.jinja.value.TextBuffer;
import dev.tandem.jinja.value.Truth;
import dev.tandem.jinja.value.Types;
import dev.tandem.jinja.value.Undefined;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** The filters that split and join lists. */
final class ListFilters {
    static final Map<String, Filter> ALL = Map.ofEntries(
            Map.entry("length", (value, arguments, context) -> length(value, arguments)),
            Map.entry("count", (value, arguments, context) -> length(value, arguments)),
            Map.entry("first", ListFilters::first),
            Map.entry("last", ListFilters::last),
            Map.entry("list", ListFilters::list),
            Map.entry("items", (value, arguments, context) -> items(value, arguments)),
            Map.entry("join", ListFilters::join),
            Map.entry("reverse", ListFilters::reverse),
            Map.entry("batch", ListFilters::batch),
            Map.entry("slice", ListFilters::slice),
            Map.entry("sum", ListFilters::sum),
            Map.entry("default", (value, arguments, context) -> otherwise(value, arguments)),
            Map.entry("d", (value, arguments, context) -> otherwise(value, arguments)));

    private ListFilters() {}

    private static Object length(Object value, Arguments arguments) {
        arguments.bind("length", 0);
        return Iteration.length(value);
    }

    private static Object first(Object value, Arguments arguments, CallContext context) {
        arguments.bind("first", 0);
        Iterator<Object> items = value instanceof LazyIterator once
                ? once.iterator()
                : Iteration.list(value, context.limits()).iterator();
        return items.hasNext() ? items.next() : new Undefined("No first item, sequence was empty.");
    }

    private static Object last(Object value, Arguments arguments, CallContext context) {
        arguments.bind("last", 0);
        if (value instanceof LazyIterator) {
            throw new TemplateError(Repr.of(Types.name(value)) + " object is not reversible: apply 'list' first");
        }
        List<Object> items = Iteration.list(value, context.limits());
        return items.isEmpty() ? new Undefined("No last item, sequence was empty.") : items.get(items.size() - 1);
    }

    private static Object list(Object value, Arguments arguments, CallContext context) {
        arguments.bind("list", 0);
        return new ArrayList<>(Iteration.list(value, context.limits()));
    }

    private static Object items(Object value, Arguments arguments) {
        arguments.bind("items", 0);
        return new LazyIterator("generator", () -> {
            if (value instanceof Undefined) {
                return List.of();
            }
            if (value instanceof Map<?, ?> map) {
                return DictMethods.items(map);
            }
            throw new TemplateError(
                    "can only get item pairs from a mapping, not from a value of type " + Types.name(value));
        });
    }

    private static Object join(Object value, Arguments arguments, CallContext context) {
        var bound = arguments.bind("join", 0, "d", "attribute");
        String separator = Text.str(bound.get(0, ""));
        var path = AttributePath.of(bound.get(1, None.NONE));
        var out = new TextBuffer();
        String before = "";
        for (Object item : Iteration.list(value, context.limits())) {
            out.append(before).append(Text.str(path.valueOf(item)));
            before = separator;
        }
        return out.toString();
    }

    private static Object reverse(Object value, Arguments arguments, CallContext context) {
        arguments.bind("reverse", 0);
        var items = new ArrayList<>(Iteration.list(value, context.limits()));
        Collections.reverse(items);
        if (value instanceof String) {
            var out = new StringBuilder();
            items.forEach(out::append);
            return out.toString();
        }
        return value instanceof LazyIterator ? items : new LazyIterator("reversed", () -> items);
    }

    private static Object batch(Object value, Arguments arguments, CallContext context) {
        var bound = arguments.bind("batch", 1, "linecount", "fill_with");
        return LazyIterator.generator(context, () -> {
            long size = bound.whole(0);
            var batches = new ArrayList<Object>();
            List<Object> batch = new ArrayList<>();
            for (Object item : Iteration.list(value, context.limits())) {
                if (batch.size() == size) {
                    batches.add(batch);
                    batch = new ArrayList<>();
                }
                batch.add(item);
            }
            if (!batch.isEmpty()) {
                RenderLimits.checkList(size);
                while (bound.get(1, None.NONE) != None.NONE && batch.size() < size) {
                    batch.add(bound.get(1));
                }
                batches.add(batch);
            }
            return batches;
        });
    }

    private static Object slice(Object value, Arguments arguments, CallContext context) {
        var bound = arguments.bind("slice", 1, "slices", "fill_with");
        return LazyIterator.generator(context, () -> {
            List<Object> items = Iteration.list(value, context.limits());
            long slices = bound.whole(0);
            if (slices == 0) {
                throw new TemplateError("slice() needs a number of slices other than 0");
            }
            RenderLimits.checkList(slices);
            long size = Math.floorDiv(items.size(), slices);
            long longer = Math.floorMod(items.size(), slices);
            var parts = new ArrayList<Object>();
            int from = 0;
            for (long i = 0; i < slices; i++) {
                int to = from + (int) size + (i < longer ? 1 : 0);
                var part = new ArrayList<>(items.subList(from, to));
                if (bound.get(1, None.NONE) != None.NONE && i >= longer) {
                    part.add(bound.get(1));
                }
                parts.add(part);
                from = to;
            }
            return parts;
        });
    }

    private static Object sum(Object value, Arguments arguments, CallContext context) {
        var bound = arguments.bind("sum", 0, "attribute", "start");
        var path = AttributePath.of(bound.get(0, None.NONE));
        Object sum = bound.get(1, 0L);
        if (sum instanceof String) {
            throw new TemplateError("sum() cannot sum strings: use 'join'");
        }
        for (Object item : Iteration.list(value, context.limits())) {
            sum = Arithmetic.apply("+", sum, path.valueOf(item), context.limits());
        }
        return sum;
    }

    private static Object otherwise(Object value, Arguments arguments) {
        var bound = arguments.bind("default", 0, "default_value", "boolean");
        boolean missing = value instanceof Undefined || (bound.flag(1, false) && !Truth.of(value));
        return missing ? bound.get(0, "") : value;
    }
}
