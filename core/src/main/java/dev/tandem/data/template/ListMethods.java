package dev.tandem.data.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The methods of lists and tuples; those that would change one are unsafe. */
final class ListMethods {
    private ListMethods() {}

    static Optional<Object> find(Object owner, List<?> items, String name) {
        return switch (name) {
            case "index" -> Optional.of(new Function(name, (arguments, context) -> index(items, arguments)));
            case "count" -> Optional.of(new Function(name, (arguments, context) -> count(items, arguments)));
            default -> owner instanceof Tuple ? Optional.empty() : ofLists(items, name);
        };
    }

    private static Optional<Object> ofLists(List<?> items, String name) {
        return switch (name) {
            case "copy" -> Optional.of(new Function(name, (arguments, context) -> new ArrayList<Object>(items)));
            case "append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort" ->
                Optional.of(Undefined.unsafe(items, name));
            default -> Optional.empty();
        };
    }

    private static Object index(List<?> items, Arguments arguments) {
        var bound = arguments.bind("index", 1, "value", "start", "stop");
        long start = bound.whole(1, 0);
        long stop = bound.whole(2, items.size());
        for (int i = 0; i < items.size(); i++) {
            boolean inside =
                    i >= (start < 0 ? start + items.size() : start) && i < (stop < 0 ? stop + items.size() : stop);
            if (inside && Equality.equal(items.get(i), bound.get(0))) {
                return (long) i;
            }
        }
        throw new TemplateFault(Text.repr(bound.get(0)) + " is not in the list");
    }

    private static Object count(List<?> items, Arguments arguments) {
        Object value = arguments.bind("count", 1, "value").get(0);
        return items.stream().filter(item -> Equality.equal(item, value)).count();
    }
}
