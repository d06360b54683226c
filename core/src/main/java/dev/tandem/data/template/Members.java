package dev.tandem.data.template;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Attributes and items of values; each kind of access falls back to the other, as in Jinja. */
final class Members {
    private Members() {}

    static Object attribute(Object owner, String name) {
        if (owner instanceof Undefined missing) {
            throw missing.fault();
        }
        return method(owner, name).or(() -> index(owner, name)).orElseGet(() -> missing(owner, name));
    }

    static Object item(Object owner, Object key) {
        if (owner instanceof Undefined missing) {
            throw missing.fault();
        }
        var found = index(owner, key);
        if (found.isEmpty() && key instanceof String name) {
            found = method(owner, name);
        }
        return found.orElseGet(() -> missing(owner, key));
    }

    /** The attribute alone, without falling back to an item. */
    static Object onlyAttribute(Object owner, String name) {
        return method(owner, name).orElseGet(() -> missing(owner, name));
    }

    private static Object missing(Object owner, Object key) {
        boolean internal = key instanceof String name && name.startsWith("__") && name.endsWith("__");
        return internal ? Undefined.unsafe(owner, (String) key) : Undefined.member(owner, key);
    }

    /** The result of Python's {@code owner[key]}, if any. */
    private static Optional<Object> index(Object owner, Object key) {
        if (owner instanceof Map<?, ?> map) {
            return Mappings.canBeKey(key) ? Mappings.get(map, key) : Optional.empty();
        }
        var at = Numbers.index(key);
        if (at.isEmpty()) {
            return Optional.empty();
        }
        if (owner instanceof String text) {
            int size = CodePoints.length(text);
            return position(at.get(), size).map(i -> CodePoints.slice(text, i, i + 1));
        } else if (owner instanceof List<?> list) {
            return position(at.get(), list.size()).map(list::get);
        } else if (owner instanceof Tuple tuple) {
            return position(at.get(), tuple.items().size()).map(tuple.items()::get);
        } else if (owner instanceof RangeValue range) {
            return position(at.get(), range.items().size()).map(range.items()::get);
        }
        return Optional.empty();
    }

    private static Optional<Integer> position(long at, int size) {
        long from = at < 0 ? at + size : at;
        return from >= 0 && from < size ? Optional.of((int) from) : Optional.empty();
    }

    /** The result of Python's {@code owner.name}, if any. */
    private static Optional<Object> method(Object owner, String name) {
        if (owner instanceof String text) {
            return StringMethods.find(text, name);
        } else if (owner instanceof Map<?, ?> map) {
            return DictMethods.find(map, name);
        } else if (owner instanceof List<?> list) {
            return ListMethods.find(owner, list, name);
        } else if (owner instanceof Tuple tuple) {
            int named = tuple.names().indexOf(name);
            return named >= 0 ? Optional.of(tuple.items().get(named)) : ListMethods.find(owner, tuple.items(), name);
        } else if (owner instanceof Namespace namespace) {
            return namespace.get(name);
        } else if (owner instanceof LoopState loop) {
            return loop.attribute(name);
        }
        return Optional.empty();
    }
}
