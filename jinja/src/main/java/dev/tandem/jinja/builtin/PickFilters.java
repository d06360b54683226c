package dev.tandem.jinja.builtin;

import dev.tandem.jinja.python.Iteration;
import dev.tandem.jinja.python.Members;
import dev.tandem.jinja.value.Arguments;
import dev.tandem.jinja.value.CallContext;
import dev.tandem.jinja.value.LazyIterator;
import dev.tandem.jinja.value.None;
import dev.tandem.jinja.value.Repr;
import dev.tandem.jinja.value.TemplateError;
import dev.tandem.jinja.value.Text;
import dev.tandem.jinja.value.Truth;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The filters that select or change each item of a list. */
final class PickFilters {
    static final Map<String, Filter> ALL = Map.of(
            "map", PickFilters::map,
            "select", (value, arguments, context) -> pick(value, arguments, context, false, true),
            "reject", (value, arguments, context) -> pick(value, arguments, context, false, false),
            "selectattr", (value, arguments, context) -> pick(value, arguments, context, true, true),
            "rejectattr", (value, arguments, context) -> pick(value, arguments, context, true, false),
            "attr",
                    (value, arguments, context) -> Members.onlyAttribute(
                            value, arguments.bind("attr", 1, "name").text(0)));

    private PickFilters() {}

    private static Object map(Object value, Arguments arguments, CallContext context) {
        return LazyIterator.generator(context, () -> {
            var mapped = new ArrayList<Object>();
            if (Truth.of(value)) {
                Filter change = change(arguments);
                Iteration.list(value, context.limits())
                        .forEach(item -> mapped.add(change.apply(item, arguments, context)));
            }
            return mapped;
        });
    }

    private static Filter change(Arguments arguments) {
        if (arguments.positional().isEmpty() && arguments.named().containsKey("attribute")) {
            var options = new LinkedHashMap<>(arguments.named());
            Object attribute = Optional.ofNullable(options.remove("attribute")).orElseThrow();
            var fallback = Optional.ofNullable(options.remove("default")).filter(given -> given != None.NONE);
            if (!options.isEmpty()) {
                throw new TemplateError("map() got an unexpected keyword argument "
                        + Repr.of(options.keySet().iterator().next()));
            }
            var path = AttributePath.of(attribute, fallback);
            return (item, ignored, context) -> path.valueOf(item);
        }
        if (arguments.positional().isEmpty()) {
            throw new TemplateError("map() needs the name of a filter, or an attribute");
        }
        String name = Text.str(arguments.positional().get(0));
        return (item, all, context) -> Filters.apply(name, item, all.rest(), context);
    }

    private static Object pick(
            Object value, Arguments arguments, CallContext context, boolean attribute, boolean wanted) {
        return LazyIterator.generator(context, () -> {
            var picked = new ArrayList<Object>();
            if (Truth.of(value)) {
                Predicate<Object> test = test(arguments, context, attribute);
                for (Object item : Iteration.list(value, context.limits())) {
                    if (test.test(item) == wanted) {
                        picked.add(item);
                    }
                }
            }
            return picked;
        });
    }

    private static Predicate<Object> test(Arguments arguments, CallContext context, boolean attribute) {
        if (attribute && arguments.positional().isEmpty()) {
            throw new TemplateError("missing parameter for attribute name");
        }
        var path = AttributePath.of(attribute ? arguments.positional().get(0) : None.NONE);
        Arguments left = attribute ? arguments.rest() : arguments;
        List<Object> test = left.positional();
        if (test.isEmpty()) {
            return item -> Truth.of(path.valueOf(item));
        }
        String name = Text.str(test.get(0));
        return item -> Tests.test(name, path.valueOf(item), left.rest(), context);
    }
}
