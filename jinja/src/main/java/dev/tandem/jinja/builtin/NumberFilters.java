package dev.tandem.jinja.builtin;

import dev.tandem.jinja.python.Arithmetic;
import dev.tandem.jinja.python.NumberText;
import dev.tandem.jinja.python.Ordering;
import dev.tandem.jinja.value.Arguments;
import dev.tandem.jinja.value.CallContext;
import dev.tandem.jinja.value.Numbers;
import dev.tandem.jinja.value.TemplateError;
import dev.tandem.jinja.value.Types;
import dev.tandem.jinja.value.Undefined;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Optional;

/** The filters that return numbers. */
final class NumberFilters {
    static final Map<String, Filter> ALL = Map.of(
            "abs", (value, arguments, context) -> abs(value, arguments),
            "int", (value, arguments, context) -> whole(value, arguments),
            "float", (value, arguments, context) -> real(value, arguments),
            "round", NumberFilters::round);

    private NumberFilters() {}

    private static Object abs(Object value, Arguments arguments) {
        arguments.bind("abs", 0);
        Object number = number("abs", value);
        return Ordering.test("<", number, 0L) ? Arithmetic.negative(number) : Arithmetic.positive(number);
    }

    private static Object number(String name, Object value) {
        if (value instanceof Undefined missing) {
            throw missing.fault();
        }
        if (!Numbers.is(value)) {
            throw new TemplateError(name + "() needs a number, not a value of type " + Types.name(value));
        }
        return value;
    }

    private static Object whole(Object value, Arguments arguments) {
        var bound = arguments.bind("int", 0, "default", "base");
        if (value instanceof Undefined missing) {
            throw missing.fault();
        }
        if (value instanceof String text) {
            return NumberText.whole(text, bound.whole(1, 10))
                    .or(() -> NumberText.real(text).flatMap(NumberFilters::truncated))
                    .map(number -> (Object) number)
                    .orElseGet(() -> bound.get(0, 0L));
        }
        Optional<Long> number = value instanceof Double real ? truncated(real) : Numbers.index(value);
        return number.map(found -> (Object) found).orElseGet(() -> bound.get(0, 0L));
    }

    private static Optional<Long> truncated(double real) {
        if (Double.isNaN(real)) {
            return Optional.empty();
        }
        if (Math.abs(real) >= 0x1p63) {
            throw new TemplateError("a number too large for 64 bits cannot become an integer");
        }
        return Optional.of((long) real);
    }

    private static Object real(Object value, Arguments arguments) {
        var bound = arguments.bind("float", 0, "default");
        if (value instanceof Undefined missing) {
            throw missing.fault();
        }
        Optional<Double> number = value instanceof String text
                ? NumberText.real(text)
                : Numbers.is(value) ? Optional.of(Numbers.real(value)) : Optional.empty();
        return number.map(found -> (Object) found).orElseGet(() -> bound.get(0, 0.0));
    }

    private static Object round(Object value, Arguments arguments, CallContext context) {
        var bound = arguments.bind("round", 0, "precision", "method");
        Object number = number("round", value);
        long precision = bound.whole(0, 0);
        if (Math.abs(precision) > 300) {
            throw new TemplateError("round() needs a precision between -300 and 300");
        }
        return switch (bound.text(1, "common")) {
            case "common" -> nearest(number, (int) precision);
            case "ceil" -> scaled(number, precision, true, context);
            case "floor" -> scaled(number, precision, false, context);
            default -> throw new TemplateError("round() needs the method common, ceil or floor");
        };
    }

    private static Object nearest(Object number, int precision) {
        if (number instanceof Double real) {
            return Double.isNaN(real) || Double.isInfinite(real)
                    ? real
                    : Math.copySign(
                            new BigDecimal(real)
                                    .setScale(precision, RoundingMode.HALF_EVEN)
                                    .doubleValue(),
                            real);
        }
        BigDecimal whole = BigDecimal.valueOf(Numbers.index(number).orElseThrow());
        return precision >= 0
                ? whole.longValue()
                : (Object) whole.setScale(precision, RoundingMode.HALF_EVEN).longValue();
    }

    private static Object scaled(Object number, long precision, boolean up, CallContext context) {
        Object power = Arithmetic.apply("**", 10L, precision, context.limits());
        double scaled = Numbers.real(Arithmetic.apply("*", number, power, context.limits()));
        double whole = up ? Math.ceil(scaled) : Math.floor(scaled);
        return whole / Numbers.real(power);
    }
}
