package dev.tandem.data.template;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Python's rules for the keys of mappings: equal numbers are one key, and lists and mappings cannot be keys. */
final class Mappings {
    private Mappings() {}

    static Optional<Object> get(Map<?, ?> map, Object key) {
        if (key instanceof String) {
            return Optional.ofNullable(map.get(key));
        }
        for (var entry : map.entrySet()) {
            if (Equality.equal(entry.getKey(), key)) {
                return Optional.of(entry.getValue());
            }
        }
        return Optional.empty();
    }

    static boolean canBeKey(Object value) {
        if (value instanceof Tuple tuple) {
            return tuple.items().stream().allMatch(Mappings::canBeKey);
        }
        return !(value instanceof List || value instanceof Map);
    }

    /** Puts an entry; an existing key keeps its original form. */
    static void put(LinkedHashMap<Object, Object> map, Object key, Object value) {
        if (!canBeKey(key)) {
            throw new TemplateFault("unhashable type: " + Repr.of(Types.name(key)) + " cannot be the key of a dict");
        }
        if (!(key instanceof String)) {
            for (var entry : map.entrySet()) {
                if (Equality.equal(entry.getKey(), key)) {
                    entry.setValue(value);
                    return;
                }
            }
        }
        map.put(key, value);
    }
}
