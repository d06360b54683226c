package dev.tandem.jinja.builtin;

import dev.tandem.jinja.value.Arguments;
import dev.tandem.jinja.value.CallContext;
import dev.tandem.jinja.value.Repr;
import dev.tandem.jinja.value.TemplateError;
import java.util.HashMap;
import java.util.Map;

/** The filters a chat template can use. */
public final class Filters {
    private static final Map<String, Filter> ALL = all();

    private Filters() {}

    private static Map<String, Filter> all() {
        var filters = new HashMap<String, Filter>();
        filters.putAll(TextFilters.ALL);
        filters.putAll(NumberFilters.ALL);
        filters.putAll(ListFilters.ALL);
        filters.putAll(PickFilters.ALL);
        filters.putAll(SortFilters.ALL);
        return Map.copyOf(filters);
    }

    public static boolean has(String name) {
        return ALL.containsKey(name);
    }

    public static Object apply(String name, Object value, Arguments arguments, CallContext context) {
        Filter filter = ALL.get(name);
        if (filter == null) {
            throw unknown(name);
        }
        return filter.apply(value, arguments, context);
    }

    public static TemplateError unknown(String name) {
        return new TemplateError("no filter named " + Repr.of(name));
    }
}
