package dev.tandem.jinja.python;

import dev.tandem.jinja.value.Mappings;
import dev.tandem.jinja.value.Numbers;
import dev.tandem.jinja.value.RenderLimits;
import dev.tandem.jinja.value.Repr;
import dev.tandem.jinja.value.TemplateError;
import dev.tandem.jinja.value.Text;
import dev.tandem.jinja.value.TextBuffer;
import dev.tandem.jinja.value.Tuple;
import dev.tandem.jinja.value.Types;
import dev.tandem.jinja.value.Undefined;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's {@code format % values} for strings. */
public final class PercentFormat {
    private static final Pattern FIELD =
            Pattern.compile("%(?:\\(([^)]*)\\))?([-+ 0#]*)([0-9]{0,6})(?:\\.([0-9]{0,6}))?(.?)", Pattern.DOTALL);

    private final Deque<Object> values = new ArrayDeque<>();
    private final Object all;

    private PercentFormat(Object all) {
        this.all = all;
        if (all instanceof Tuple tuple) {
            values.addAll(tuple.items());
        } else {
            values.add(all);
        }
    }

    public static String apply(String format, Object values, RenderLimits budget) {
        return new PercentFormat(values).run(format, budget);
    }

    private String run(String format, RenderLimits budget) {
        var out = new TextBuffer();
        Matcher field = FIELD.matcher(format);
        int at = 0;
        boolean byName = false;
        while (field.find(at)) {
            budget.spend(1);
            out.append(format.substring(at, field.start()));
            byName |= field.group(1) != null;
            out.append(field.group(5).equals("%") ? "%" : field(field));
            at = field.end();
        }
        if (!values.isEmpty() && !byName && !(all instanceof Map)) {
            throw new TemplateError("not all arguments converted during string formatting");
        }
        return out.append(format.substring(at)).toString();
    }

    private String field(Matcher field) {
        Object value = value(field);
        String precision = field.group(4) == null ? "" : "." + (field.group(4).isEmpty() ? "0" : field.group(4));
        String flags = field.group(2);
        boolean number =
                "diufFeEgGxXo".contains(field.group(5)) && !field.group(5).isEmpty();
        String align = flags.contains("-") ? "<" : flags.contains("0") && number ? "=" : ">";
        String fill = align.equals("=") ? "0" : " ";
        String sign = !number ? "" : flags.contains("+") ? "+" : flags.contains(" ") ? " " : "";
        String spec = fill + align + sign + field.group(3);
        return switch (field.group(5)) {
            case "s" -> FormatSpec.apply(Text.str(value), spec + precision);
            case "r", "a" -> FormatSpec.apply(Text.repr(value), spec + precision);
            case "d", "i", "u" -> FormatSpec.apply(whole(value), spec + "d");
            case "x", "X", "o" -> FormatSpec.apply(whole(value), spec + field.group(5));
            case "f", "F", "e", "E", "g", "G" -> FormatSpec.apply(number(value), spec + precision + field.group(5));
            default -> throw new TemplateError("unsupported or incomplete format " + Repr.of(field.group()));
        };
    }

    private Object value(Matcher field) {
        String name = field.group(1);
        if (name != null) {
            if (all instanceof Map<?, ?> map) {
                return Mappings.get(map, name)
                        .orElseThrow(() -> new TemplateError("format names a missing key " + Repr.of(name)));
            }
            throw new TemplateError("format requires a mapping");
        }
        if (values.isEmpty()) {
            throw new TemplateError("not enough arguments for format string");
        }
        return values.pop();
    }

    private static Object whole(Object value) {
        Object number = number(value);
        return number instanceof Double real ? (Object) (long) real.doubleValue() : number;
    }

    private static Object number(Object value) {
        if (value instanceof Undefined missing) {
            throw missing.fault();
        }
        if (!Numbers.is(value)) {
            throw new TemplateError("format needs a number, not a value of type " + Types.name(value));
        }
        return value instanceof Boolean ? Numbers.index(value).orElseThrow() : value;
    }
}
