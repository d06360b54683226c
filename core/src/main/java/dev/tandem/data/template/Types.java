package dev.tandem.data.template;

import java.util.List;
import java.util.Map;

/** Python's names for the types of values. */
final class Types {
    private Types() {}

    static String name(Object value) {
        if (value instanceof OneShot iterator) {
            return iterator.type();
        }
        if (value instanceof DictView view) {
            return view.type();
        }
        if (value instanceof Undefined) {
            return "Undefined";
        }
        return value instanceof String ? "str" : plain(value);
    }

    private static String plain(Object value) {
        if (value instanceof Long) {
            return "int";
        } else if (value instanceof Double) {
            return "float";
        } else if (value instanceof Boolean) {
            return "bool";
        } else if (value == None.NONE) {
            return "NoneType";
        } else if (value instanceof List) {
            return "list";
        } else if (value instanceof Map) {
            return "dict";
        } else if (value instanceof Tuple) {
            return "tuple";
        } else if (value instanceof RangeValue) {
            return "range";
        } else if (value instanceof Namespace) {
            return "Namespace";
        }
        return value instanceof Function ? "function" : "LoopContext";
    }
}
