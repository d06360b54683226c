package dev.tandem.jinja.value;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Values as text: Python's {@code str} and {@code repr}. */
public final class Text {
    private static final int MAX_DEPTH = 500;

    private final TextBuffer out = new TextBuffer();

    private Text() {}

    /** A value as a print tag writes it. */
    public static String str(Object value) {
        if (value instanceof String text) {
            return text;
        }
        return value instanceof Undefined ? "" : repr(value);
    }

    public static String repr(Object value) {
        var text = new Text();
        text.write(value, 0);
        return text.out.toString();
    }

    private void write(Object value, int depth) {
        if (depth > MAX_DEPTH) {
            throw new TemplateError("a value nests more than " + MAX_DEPTH + " levels deep");
        }
        if (value instanceof List<?> list) {
            writeAll("[", list, "]", depth);
        } else if (value instanceof Tuple tuple) {
            writeAll("(", tuple.items(), tuple.items().size() == 1 ? ",)" : ")", depth);
        } else if (value instanceof DictView view) {
            writeAll(view.type() + "([", view.items(), "])", depth);
        } else if (value instanceof Map<?, ?> map) {
            writeMap(map, depth);
        } else {
            out.append(scalar(value));
        }
    }

    private void writeAll(String open, Collection<?> items, String close, int depth) {
        String separator = open;
        for (Object item : items) {
            out.append(separator);
            write(item, depth + 1);
            separator = ", ";
        }
        out.append(items.isEmpty() ? open + close : close);
    }

    private void writeMap(Map<?, ?> map, int depth) {
        String separator = "{";
        for (var entry : map.entrySet()) {
            out.append(separator);
            write(entry.getKey(), depth + 1);
            out.append(": ");
            write(entry.getValue(), depth + 1);
            separator = ", ";
        }
        out.append(map.isEmpty() ? "{}" : "}");
    }

    private static String scalar(Object value) {
        if (value instanceof String text) {
            return Repr.of(text);
        } else if (value instanceof Boolean truth) {
            return truth ? "True" : "False";
        } else if (value instanceof Double number) {
            return FloatText.of(number);
        } else if (value == None.NONE) {
            return "None";
        } else if (value instanceof RangeValue range) {
            String step = range.step() == 1 ? "" : ", " + range.step();
            return "range(" + range.start() + ", " + range.stop() + step + ")";
        } else if (value instanceof Function function) {
            return "<" + function.name() + ">";
        } else if (value instanceof Long || value instanceof Undefined) {
            return value.toString();
        }
        return "<" + Types.name(value) + " object>";
    }
}
