package dev.tandem.jinja.python;

import dev.tandem.jinja.value.FloatText;
import dev.tandem.jinja.value.Numbers;
import dev.tandem.jinja.value.Repr;
import dev.tandem.jinja.value.TemplateError;
import dev.tandem.jinja.value.Text;
import dev.tandem.jinja.value.Types;
import dev.tandem.jinja.value.Undefined;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's format specifications: {@code [[fill]align][sign][0][width][,][.precision][type]}. */
final class FormatSpec {
    private static final Pattern SPEC = Pattern.compile(
            "(?:(.)?([<>=^]))?([-+ ])?(0)?([0-9]{0,6})(,)?(?:\\.([0-9]{1,6}))?([a-zA-Z%])?", Pattern.DOTALL);

    private FormatSpec() {}

    static String apply(Object value, String spec) {
        if (spec.isEmpty()) {
            return Text.str(value);
        }
        Matcher parts = SPEC.matcher(spec);
        if (!parts.matches()) {
            throw new TemplateError("unsupported format specification " + Repr.of(spec));
        }
        boolean number = Numbers.is(value);
        String type = parts.group(8) == null ? "" : parts.group(8);
        if (!number && !(value instanceof String) && !(value instanceof Undefined)) {
            throw new TemplateError("a value of type " + Types.name(value) + " takes no format specification");
        }
        String body = number ? number(value, type, parts) : text(value, type, parts);
        return pad(body, number, parts);
    }

    private static String text(Object value, String type, Matcher parts) {
        if (!type.isEmpty() && !type.equals("s")) {
            throw new TemplateError("unknown format code '" + type + "' for a string");
        }
        String text = Text.str(value);
        int precision = parts.group(7) == null ? Integer.MAX_VALUE : Integer.parseInt(parts.group(7));
        return precision < CodePoints.length(text) ? CodePoints.slice(text, 0, precision) : text;
    }

    private static String number(Object value, String type, Matcher parts) {
        String digits = digits(value, type, parts);
        if (parts.group(6) != null) {
            int point = digits.indexOf('.');
            String whole = point < 0 ? digits : digits.substring(0, point);
            digits = whole.replaceAll("(?<=[0-9])(?=(?:[0-9]{3})+$)", ",") + (point < 0 ? "" : digits.substring(point));
        }
        boolean negative = digits.startsWith("-");
        String sign = parts.group(3) == null || parts.group(3).equals("-") || negative ? "" : parts.group(3);
        return sign + digits;
    }

    private static String digits(Object value, String type, Matcher parts) {
        int precision = parts.group(7) == null ? 6 : Integer.parseInt(parts.group(7));
        if (value instanceof Double || "fFeEgG%".contains(type) && !type.isEmpty()) {
            double real = Numbers.real(value);
            return switch (type) {
                case "" -> {
                    if (parts.group(7) != null) {
                        throw new TemplateError("a precision without a type is not supported for numbers");
                    }
                    yield FloatText.of(real);
                }
                case "f", "F" -> fixed(real, precision);
                case "%" -> fixed(real * 100, precision) + "%";
                case "e", "E" -> scientific(real, precision, type);
                default -> throw new TemplateError("unsupported format code '" + type + "' for a float");
            };
        }
        long whole = Numbers.index(value).orElseThrow();
        return switch (type) {
            case "" -> value instanceof Boolean ? Text.str(value) : Long.toString(whole);
            case "d" -> Long.toString(whole);
            case "x" -> Long.toString(whole, 16);
            case "X" -> Long.toString(whole, 16).toUpperCase(java.util.Locale.ROOT);
            case "o" -> Long.toString(whole, 8);
            case "b" -> Long.toString(whole, 2);
            default -> throw new TemplateError("unsupported format code '" + type + "' for an int");
        };
    }

    private static String fixed(double real, int precision) {
        if (Double.isNaN(real) || Double.isInfinite(real)) {
            return FloatText.of(real);
        }
        String digits = new BigDecimal(Math.abs(real))
                .setScale(precision, RoundingMode.HALF_EVEN)
                .toPlainString();
        return (real < 0 || 1 / real < 0 ? "-" : "") + digits;
    }

    private static String scientific(double real, int precision, String type) {
        if (Double.isNaN(real) || Double.isInfinite(real)) {
            return FloatText.of(real);
        }
        return ("%." + precision + type).formatted(real);
    }

    private static String pad(String body, boolean number, Matcher parts) {
        int width = parts.group(5).isEmpty() ? 0 : Integer.parseInt(parts.group(5));
        int missing = width - CodePoints.length(body);
        if (missing <= 0) {
            return body;
        }
        boolean zero = parts.group(4) != null;
        String fill = parts.group(1) != null ? parts.group(1) : zero ? "0" : " ";
        String align = parts.group(2) != null ? parts.group(2) : !number ? "<" : zero ? "=" : ">";
        return switch (align) {
            case "<" -> body + fill.repeat(missing);
            case "^" -> fill.repeat(missing / 2) + body + fill.repeat(missing - missing / 2);
            case "=" -> {
                int sign = body.startsWith("-") || body.startsWith("+") || body.startsWith(" ") ? 1 : 0;
                yield body.substring(0, sign) + fill.repeat(missing) + body.substring(sign);
            }
            default -> fill.repeat(missing) + body;
        };
    }
}
