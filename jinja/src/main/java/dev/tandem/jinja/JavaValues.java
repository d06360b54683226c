package dev.tandem.jinja;

import dev.tandem.jinja.value.None;
import dev.tandem.jinja.value.Undefined;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Ordinary Java values as the values that templates compute with. */
final class JavaValues {
    private JavaValues() {}

    /**
     * The template's value for a Java value: whole numbers become {@link Long}, others {@link Double}, null {@link None#NONE};
     * lists and maps are copied.
     *
     * @param path what messages call the value
     * @throws IllegalArgumentException if a value is of a kind that templates do not have
     */
    static Object of(@Nullable Object value, String path) {
        if (value == null) {
            return None.NONE;
        }
        if (value instanceof Map<?, ?> map) {
            var copy = new LinkedHashMap<String, Object>();
            map.forEach((key, item) -> copy.put(String.valueOf(key), of(item, path + "." + key)));
            return copy;
        }
        if (value instanceof List<?> list) {
            var copy = new ArrayList<Object>(list.size());
            for (var item : list) {
                copy.add(of(item, path + "[" + copy.size() + "]"));
            }
            return copy;
        }
        if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        if (value instanceof Float number) {
            return number.doubleValue();
        }
        if (value instanceof String
                || value instanceof Boolean
                || value instanceof Long
                || value instanceof Double
                || value instanceof None
                || value instanceof Undefined) {
            return value;
        }
        throw new IllegalArgumentException(path + " is a " + value.getClass().getName()
                + ", but a template's variable is a text, a number, a boolean, null, or a list or map of these");
    }
}
