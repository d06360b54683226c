package dev.tandem.jinja.builtin;

import dev.tandem.jinja.python.Ordering;
import dev.tandem.jinja.python.Pad;
import dev.tandem.jinja.value.Arguments;
import dev.tandem.jinja.value.FloatText;
import dev.tandem.jinja.value.Mappings;
import dev.tandem.jinja.value.None;
import dev.tandem.jinja.value.TemplateError;
import dev.tandem.jinja.value.Text;
import dev.tandem.jinja.value.TextBuffer;
import dev.tandem.jinja.value.Tuple;
import dev.tandem.jinja.value.Types;
import dev.tandem.jinja.value.Undefined;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes values as JSON, byte for byte as Python's {@code json.dumps} does. */
final class JsonText {
    private static final int MAX_DEPTH = 500;

    private final TextBuffer out = new TextBuffer();
    private final boolean ascii;
    private final boolean sorted;
    private final Optional<String> indent;
    private final String itemSeparator;
    private final String keySeparator;

    private JsonText(Arguments.Bound options) {
        ascii = options.flag(0, false);
        Object width = options.get(1, None.NONE);
        indent = width == None.NONE
                ? Optional.empty()
                : Optional.of(width instanceof String text ? text : Pad.apply("ljust", "", options.whole(1), " "));
        Object separators = options.get(2, None.NONE);
        List<?> pair = separators instanceof Tuple tuple
                ? tuple.items()
                : separators instanceof List<?> list ? list : List.of();
        if (separators != None.NONE
                && (pair.size() != 2 || !(pair.get(0) instanceof String) || !(pair.get(1) instanceof String))) {
            throw new TemplateError("tojson() needs two strings as separators");
        }
        itemSeparator = pair.isEmpty() ? (indent.isPresent() ? "," : ", ") : Text.str(pair.get(0));
        keySeparator = pair.isEmpty() ? ": " : Text.str(pair.get(1));
        sorted = options.flag(3, false);
    }

    static String of(Object value, Arguments arguments) {
        var json = new JsonText(arguments.bind("tojson", 0, "ensure_ascii", "indent", "separators", "sort_keys"));
        json.write(value, 0);
        return json.out.toString();
    }

    private void write(Object value, int depth) {
        if (depth > MAX_DEPTH) {
            throw new TemplateError("a value nests more than " + MAX_DEPTH + " levels deep");
        }
        if (value instanceof String text) {
            JsonString.write(text, ascii, out);
        } else if (value instanceof List<?> list) {
            writeList(list, depth);
        } else if (value instanceof Tuple tuple) {
            writeList(tuple.items(), depth);
        } else if (value instanceof Map<?, ?> map) {
            writeMap(map, depth);
        } else {
            out.append(scalar(value)
                    .orElseThrow(() ->
                            new TemplateError("a value of type " + Types.name(value) + " cannot be written as JSON"
                                    + (value instanceof Undefined missing ? ": " + missing.message() : ""))));
        }
    }

    private static Optional<String> scalar(Object value) {
        if (value == None.NONE) {
            return Optional.of("null");
        } else if (value instanceof Boolean || value instanceof Long) {
            return Optional.of(value.toString());
        } else if (value instanceof Double number) {
            return Optional.of(
                    number.isNaN()
                            ? "NaN"
                            : number.isInfinite() ? (number > 0 ? "Infinity" : "-Infinity") : FloatText.of(number));
        }
        return Optional.empty();
    }

    private void writeList(List<?> items, int depth) {
        String before = "[";
        for (Object item : items) {
            out.append(before);
            newline(depth + 1);
            write(item, depth + 1);
            before = itemSeparator;
        }
        close(items.isEmpty(), "[", "]", depth);
    }

    private void writeMap(Map<?, ?> map, int depth) {
        var keys = new ArrayList<Object>(map.keySet());
        if (sorted) {
            keys.sort(Ordering::compare);
        }
        String before = "{";
        for (Object key : keys) {
            out.append(before);
            newline(depth + 1);
            JsonString.write(key(key), ascii, out);
            out.append(keySeparator);
            write(Mappings.get(map, key).orElseThrow(), depth + 1);
            before = itemSeparator;
        }
        close(keys.isEmpty(), "{", "}", depth);
    }

    private static String key(Object key) {
        if (key instanceof String text) {
            return text;
        }
        return scalar(key)
                .orElseThrow(
                        () -> new TemplateError("a key of type " + Types.name(key) + " cannot be written as JSON"));
    }

    private void close(boolean empty, String open, String close, int depth) {
        if (empty) {
            out.append(open);
        } else {
            newline(depth);
        }
        out.append(close);
    }

    private void newline(int depth) {
        if (indent.isPresent()) {
            out.append("\n");
            for (int i = 0; i < depth; i++) {
                out.append(indent.get());
            }
        }
    }
}
