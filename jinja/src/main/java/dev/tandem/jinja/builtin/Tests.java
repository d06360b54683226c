package dev.tandem.jinja.builtin;

import dev.tandem.jinja.python.Arithmetic;
import dev.tandem.jinja.python.Calls;
import dev.tandem.jinja.python.CharacterTests;
import dev.tandem.jinja.python.Iteration;
import dev.tandem.jinja.python.Membership;
import dev.tandem.jinja.python.Ordering;
import dev.tandem.jinja.value.Arguments;
import dev.tandem.jinja.value.CallContext;
import dev.tandem.jinja.value.Equality;
import dev.tandem.jinja.value.None;
import dev.tandem.jinja.value.Numbers;
import dev.tandem.jinja.value.RangeValue;
import dev.tandem.jinja.value.Repr;
import dev.tandem.jinja.value.TemplateError;
import dev.tandem.jinja.value.Text;
import dev.tandem.jinja.value.Tuple;
import dev.tandem.jinja.value.Undefined;
import java.util.List;
import java.util.Map;

/** The tests a chat template can use after {@code is}. */
public final class Tests {
    /** A test of a value. */
    @FunctionalInterface
    private interface Test {
        boolean holds(Object value, Arguments arguments, CallContext context);
    }

    /** A test without arguments. */
    @FunctionalInterface
    private interface Plain {
        boolean holds(Object value);
    }

    private static final Map<String, Test> ALL = Map.ofEntries(
            plain("defined", value -> !(value instanceof Undefined)),
            plain("undefined", Undefined.class::isInstance),
            plain("none", None.NONE::equals),
            plain("boolean", Boolean.class::isInstance),
            plain("true", Boolean.TRUE::equals),
            plain("false", Boolean.FALSE::equals),
            plain("integer", Long.class::isInstance),
            plain("float", Double.class::isInstance),
            plain("number", Numbers::is),
            plain("string", String.class::isInstance),
            plain("mapping", Map.class::isInstance),
            plain("sequence", Tests::sequence),
            plain("iterable", Iteration::iterable),
            plain("callable", Calls::callable),
            plain("escaped", value -> false),
            plain("lower", value -> CharacterTests.test("islower", Text.str(value))),
            plain("upper", value -> CharacterTests.test("isupper", Text.str(value))),
            plain("filter", value -> value instanceof String name && Filters.has(name)),
            plain("test", value -> value instanceof String name && has(name)),
            parity("odd", 1),
            parity("even", 0),
            Map.entry(
                    "divisibleby",
                    (value, arguments, context) -> remainder(
                            value, arguments.bind("divisibleby", 1, "num").get(0), 0, context)),
            Map.entry(
                    "sameas",
                    (value, arguments, context) ->
                            same(value, arguments.bind("sameas", 1, "other").get(0))),
            Map.entry(
                    "in",
                    (value, arguments, context) -> Membership.test(
                            value, arguments.bind("in", 1, "seq").get(0), context.limits())),
            compare("==", "=="),
            compare("eq", "=="),
            compare("equalto", "=="),
            compare("!=", "!="),
            compare("ne", "!="),
            compare(">", ">"),
            compare("gt", ">"),
            compare("greaterthan", ">"),
            compare(">=", ">="),
            compare("ge", ">="),
            compare("<", "<"),
            compare("lt", "<"),
            compare("lessthan", "<"),
            compare("<=", "<="),
            compare("le", "<="));

    private Tests() {}

    public static boolean has(String name) {
        return ALL.containsKey(name);
    }

    public static boolean test(String name, Object value, Arguments arguments, CallContext context) {
        Test test = ALL.get(name);
        if (test == null) {
            throw unknown(name);
        }
        return test.holds(value, arguments, context);
    }

    public static TemplateError unknown(String name) {
        return new TemplateError("no test named " + Repr.of(name));
    }

    private static Map.Entry<String, Test> plain(String name, Plain plain) {
        return Map.entry(name, (value, arguments, context) -> {
            arguments.bind(name, 0);
            return plain.holds(value);
        });
    }

    private static Map.Entry<String, Test> parity(String name, long rest) {
        return Map.entry(name, (value, arguments, context) -> {
            arguments.bind(name, 0);
            return remainder(value, 2L, rest, context);
        });
    }

    private static Map.Entry<String, Test> compare(String name, String operator) {
        return Map.entry(name, (value, arguments, context) -> {
            Object other = arguments.bind(name, 1, "other").get(0);
            return switch (operator) {
                case "==" -> Equality.equal(value, other);
                case "!=" -> !Equality.equal(value, other);
                default -> Ordering.test(operator, value, other);
            };
        });
    }

    private static boolean sequence(Object value) {
        return value instanceof String
                || value instanceof List
                || value instanceof Map
                || value instanceof Tuple
                || value instanceof RangeValue
                || value instanceof Undefined;
    }

    private static boolean remainder(Object value, Object divisor, long rest, CallContext context) {
        return Equality.equal(Arithmetic.apply("%", value, divisor, context.limits()), rest);
    }

    /** Python's identity of two values, which equal small values share. */
    private static boolean same(Object value, Object other) {
        boolean plain = value instanceof String || value instanceof Long || value instanceof Boolean;
        return value == other || (plain && value.equals(other));
    }
}
