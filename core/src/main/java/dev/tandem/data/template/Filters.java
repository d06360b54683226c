package dev.tandem.data.template;

import java.util.HashMap;
import java.util.Map;

/** The filters a chat template can use. */
final class Filters {
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

    static boolean has(String name) {
        return ALL.containsKey(name);
    }

    static Object apply(String name, Object value, Arguments arguments, CallContext context) {
        Filter filter = ALL.get(name);
        if (filter == null) {
            throw unknown(name);
        }
        return filter.apply(value, arguments, context);
    }

    static TemplateFault unknown(String name) {
        return new TemplateFault("no filter named " + Repr.of(name));
    }
}
