package dev.tandem.data.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The methods of mappings; those that would change one are unsafe. */
final class DictMethods {
    private DictMethods() {}

    static Optional<Object> find(Map<?, ?> map, String name) {
        return switch (name) {
            case "items" -> method(name, () -> new DictView("dict_items", items(map)));
            case "keys" -> method(name, () -> new DictView("dict_keys", new ArrayList<>(map.keySet())));
            case "values" -> method(name, () -> new DictView("dict_values", new ArrayList<>(map.values())));
            case "copy" -> method(name, () -> new LinkedHashMap<Object, Object>(map));
            case "get" -> Optional.of(new Function(name, (arguments, context) -> get(map, arguments)));
            case "clear", "pop", "popitem", "setdefault", "update" -> Optional.of(Undefined.unsafe(map, name));
            case "fromkeys" -> throw new TemplateFault("the method 'fromkeys' of a dict is not supported");
            default -> Optional.empty();
        };
    }

    /** The entries of a mapping as pairs. */
    static List<Object> items(Map<?, ?> map) {
        var items = new ArrayList<Object>(map.size());
        map.forEach((key, value) -> items.add(Tuple.of(key, value)));
        return items;
    }

    private static Object get(Map<?, ?> map, Arguments arguments) {
        var bound = new Arguments(arguments.positional(), Map.of()).bind("get", 1, "key", "default");
        if (!arguments.named().isEmpty()) {
            throw new TemplateFault("get() takes no keyword arguments");
        }
        if (!Mappings.canBeKey(bound.get(0))) {
            throw new TemplateFault("unhashable type: " + Repr.of(Types.name(bound.get(0))));
        }
        return Mappings.get(map, bound.get(0)).orElseGet(() -> bound.get(1, None.NONE));
    }

    private static Optional<Object> method(String name, java.util.function.Supplier<Object> result) {
        return Optional.of(new Function(name, (arguments, context) -> {
            arguments.bind(name, 0);
            return result.get();
        }));
    }
}
