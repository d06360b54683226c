package dev.tandem.jinja.builtin;

import dev.tandem.jinja.python.DictMethods;
import dev.tandem.jinja.python.Iteration;
import dev.tandem.jinja.python.Ordering;
import dev.tandem.jinja.value.Arguments;
import dev.tandem.jinja.value.CallContext;
import dev.tandem.jinja.value.Equality;
import dev.tandem.jinja.value.LazyIterator;
import dev.tandem.jinja.value.Mappings;
import dev.tandem.jinja.value.None;
import dev.tandem.jinja.value.TemplateError;
import dev.tandem.jinja.value.Tuple;
import dev.tandem.jinja.value.Types;
import dev.tandem.jinja.value.Undefined;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The filters that compare the items of a list. */
final class SortFilters {
    static final Map<String, Filter> ALL = Map.of(
            "sort",
            SortFilters::sort,
            "dictsort",
            (value, arguments, context) -> dictsort(value, arguments),
            "unique",
            SortFilters::unique,
            "groupby",
            SortFilters::groupby,
            "min",
            (value, arguments, context) -> extreme("min", value, arguments, context),
            "max",
            (value, arguments, context) -> extreme("max", value, arguments, context));

    private SortFilters() {}

    private static Object sort(Object value, Arguments arguments, CallContext context) {
        var bound = arguments.bind("sort", 0, "reverse", "case_sensitive", "attribute");
        boolean ignoreCase = !bound.flag(1, false);
        var paths = new ArrayList<AttributePath>();
        if (bound.get(2, None.NONE) instanceof String several) {
            List.of(several.split(",", -1)).forEach(path -> paths.add(AttributePath.of(path)));
        } else {
            paths.add(AttributePath.of(bound.get(2, None.NONE)));
        }
        UnaryOperator<Object> key =
                item -> paths.stream().map(path -> path.of(item, ignoreCase)).toList();
        return sorted(Iteration.list(value, context.limits()), key, bound.flag(0, false));
    }

    /** Sorts by keys; equal ones keep their order, forwards and backwards. */
    private static List<Object> sorted(List<Object> items, UnaryOperator<Object> key, boolean backwards) {
        record Keyed(Object key, Object item) {}
        Comparator<Keyed> order = (left, right) -> Ordering.compare(left.key, right.key);
        var sorted = new ArrayList<Object>();
        items.stream()
                .map(item -> new Keyed(key.apply(item), item))
                .sorted(backwards ? order.reversed() : order)
                .forEach(keyed -> sorted.add(keyed.item));
        return sorted;
    }

    private static Object dictsort(Object value, Arguments arguments) {
        var bound = arguments.bind("dictsort", 0, "case_sensitive", "by", "reverse");
        String by = bound.text(1, "key");
        if (!by.equals("key") && !by.equals("value")) {
            throw new TemplateError("dictsort() can only sort by either \"key\" or \"value\"");
        }
        if (!(value instanceof Map<?, ?> map)) {
            throw new TemplateError("dictsort() needs a dict, not a value of type " + Types.name(value));
        }
        var path = AttributePath.of(by.equals("key") ? 0L : 1L);
        boolean ignoreCase = !bound.flag(0, false);
        return sorted(DictMethods.items(map), item -> path.of(item, ignoreCase), bound.flag(2, false));
    }

    private static Object unique(Object value, Arguments arguments, CallContext context) {
        var bound = arguments.bind("unique", 0, "case_sensitive", "attribute");
        return LazyIterator.generator(context, () -> {
            var path = AttributePath.of(bound.get(1, None.NONE));
            var seen = new java.util.LinkedHashMap<Object, Object>();
            var unique = new ArrayList<Object>();
            for (Object item : Iteration.list(value, context.limits())) {
                Object key = path.of(item, !bound.flag(0, false));
                if (!(key instanceof String)) {
                    context.limits().spend(seen.size());
                }
                if (Mappings.get(seen, key).isEmpty()) {
                    Mappings.put(seen, key, true);
                    unique.add(item);
                }
            }
            return unique;
        });
    }

    private static Object groupby(Object value, Arguments arguments, CallContext context) {
        var bound = arguments.bind("groupby", 1, "attribute", "default", "case_sensitive");
        var fallback = Optional.of(bound.get(1, None.NONE)).filter(given -> given != None.NONE);
        var path = AttributePath.of(bound.get(0), fallback);
        boolean ignoreCase = !bound.flag(2, false);
        var groups = new ArrayList<Object>();
        List<Object> group = new ArrayList<>();
        for (Object item : sorted(Iteration.list(value, context.limits()), each -> path.of(each, ignoreCase), false)) {
            if (!group.isEmpty() && !Equality.equal(path.of(group.get(0), ignoreCase), path.of(item, ignoreCase))) {
                groups.add(group(path, group));
                group = new ArrayList<>();
            }
            group.add(item);
        }
        if (!group.isEmpty()) {
            groups.add(group(path, group));
        }
        return groups;
    }

    private static Tuple group(AttributePath path, List<Object> group) {
        return new Tuple(List.of(path.valueOf(group.get(0)), group), List.of("grouper", "list"));
    }

    private static Object extreme(String name, Object value, Arguments arguments, CallContext context) {
        var bound = arguments.bind(name, 0, "case_sensitive", "attribute");
        var path = AttributePath.of(bound.get(1, None.NONE));
        boolean ignoreCase = !bound.flag(0, false);
        List<Object> items = Iteration.list(value, context.limits());
        if (items.isEmpty()) {
            return new Undefined("No aggregated item, sequence was empty.");
        }
        Object best = items.get(0);
        for (Object item : items.subList(1, items.size())) {
            Object key = path.of(item, ignoreCase);
            if (Ordering.test(name.equals("min") ? "<" : ">", key, path.of(best, ignoreCase))) {
                best = item;
            }
        }
        return best;
    }
}
