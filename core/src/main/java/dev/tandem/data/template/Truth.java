package dev.tandem.data.template;

import java.util.List;
import java.util.Map;

/** Python's truth of values. */
final class Truth {
    private Truth() {}

    static boolean of(Object value) {
        if (value instanceof Boolean truth) {
            return truth;
        } else if (value instanceof String text) {
            return !text.isEmpty();
        } else if (value instanceof Long number) {
            return number != 0;
        } else if (value instanceof Double number) {
            return number != 0;
        } else if (value instanceof List<?> list) {
            return !list.isEmpty();
        } else if (value instanceof Map<?, ?> map) {
            return !map.isEmpty();
        } else if (value instanceof Tuple tuple) {
            return !tuple.items().isEmpty();
        } else if (value instanceof DictView view) {
            return !view.items().isEmpty();
        } else if (value instanceof RangeValue range) {
            return range.size() > 0;
        }
        return value != None.NONE && !(value instanceof Undefined);
    }
}
