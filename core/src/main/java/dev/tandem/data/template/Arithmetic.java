package dev.tandem.data.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The operators {@code + - * / // % **} and the signs, on Python's values; integers have 64 bits. */
final class Arithmetic {
    private Arithmetic() {}

    static Object apply(String operator, Object left, Object right, Budget budget) {
        if (operator.equals("%") && left instanceof String format) {
            return PercentFormat.apply(format, right, budget);
        }
        if (left instanceof Undefined missing) {
            throw missing.fault();
        }
        if (right instanceof Undefined missing) {
            throw missing.fault();
        }
        if (Numbers.is(left) && Numbers.is(right)) {
            return numbers(operator, left, right);
        }
        if (operator.equals("+")) {
            return concat(left, right);
        }
        if (operator.equals("*") && Numbers.index(right).isPresent() && repeats(left)) {
            return repeat(left, Numbers.index(right).get());
        }
        if (operator.equals("*") && Numbers.index(left).isPresent() && repeats(right)) {
            return repeat(right, Numbers.index(left).get());
        }
        throw unsupported(operator, left, right);
    }

    static Object negative(Object value) {
        if (value instanceof Double number) {
            return -number;
        }
        return exactly(() -> Math.negateExact(signable("-", value)));
    }

    static Object positive(Object value) {
        return value instanceof Double ? value : (Object) signable("+", value);
    }

    private static long signable(String sign, Object value) {
        if (value instanceof Undefined missing) {
            throw missing.fault();
        }
        return Numbers.index(value)
                .orElseThrow(() ->
                        new TemplateFault("bad operand type for unary " + sign + ": " + Repr.of(Types.name(value))));
    }

    private static Object numbers(String operator, Object left, Object right) {
        var a = Numbers.index(left);
        var b = Numbers.index(right);
        boolean whole = a.isPresent() && b.isPresent();
        if (whole && !operator.equals("/") && !(operator.equals("**") && b.get() < 0)) {
            return exactly(() -> whole(operator, a.get(), b.get()));
        }
        return real(operator, Numbers.real(left), Numbers.real(right));
    }

    private static long whole(String operator, long a, long b) {
        if (b == 0 && (operator.equals("//") || operator.equals("%"))) {
            throw new TemplateFault("integer division or modulo by zero");
        }
        return switch (operator) {
            case "+" -> Math.addExact(a, b);
            case "-" -> Math.subtractExact(a, b);
            case "*" -> Math.multiplyExact(a, b);
            case "//" -> Math.floorDiv(a, b);
            case "%" -> Math.floorMod(a, b);
            default -> power(a, b);
        };
    }

    private static long power(long base, long exponent) {
        long result = 1;
        long square = base;
        for (long left = exponent; left > 0; left >>= 1) {
            if ((left & 1) == 1) {
                result = Math.multiplyExact(result, square);
            }
            if (left > 1) {
                square = Math.multiplyExact(square, square);
            }
        }
        return result;
    }

    private static double real(String operator, double a, double b) {
        if (b == 0 && (operator.equals("/") || operator.equals("//") || operator.equals("%"))) {
            throw new TemplateFault("division by zero");
        }
        return switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> a / b;
            case "//" -> Math.floor((a - modulo(a, b)) / b + 0.5);
            case "%" -> modulo(a, b);
            default -> realPower(a, b);
        };
    }

    /** The remainder with the sign of the divisor. */
    private static double modulo(double a, double b) {
        double rest = a % b;
        if (rest == 0) {
            return Math.copySign(0.0, b);
        }
        return (rest < 0) == (b < 0) ? rest : rest + b;
    }

    private static double realPower(double a, double b) {
        if (a == 0 && b < 0) {
            throw new TemplateFault("0.0 cannot be raised to a negative power");
        }
        double result = Math.pow(a, b);
        if (Double.isNaN(result) && !Double.isNaN(a) && !Double.isNaN(b)) {
            throw new TemplateFault("a power that is a complex number is not supported");
        }
        if (Double.isInfinite(result) && !Double.isInfinite(a) && !Double.isInfinite(b)) {
            throw new TemplateFault("the result of ** is too large");
        }
        return result;
    }

    private static Object exactly(java.util.function.LongSupplier operation) {
        try {
            return operation.getAsLong();
        } catch (ArithmeticException e) {
            throw new TemplateFault("an integer exceeds the 64 bits that templates have here");
        }
    }

    private static Object concat(Object left, Object right) {
        if (left instanceof String a && right instanceof String b) {
            Budget.checkText((long) a.length() + b.length());
            return a.concat(b);
        }
        if (left instanceof List<?> a && right instanceof List<?> b) {
            return join(a, b);
        }
        if (left instanceof Tuple a && right instanceof Tuple b) {
            return new Tuple(join(a.items(), b.items()));
        }
        throw unsupported("+", left, right);
    }

    private static List<Object> join(List<?> left, List<?> right) {
        Budget.checkList((long) left.size() + right.size());
        var joined = new ArrayList<Object>(left);
        joined.addAll(right);
        return joined;
    }

    private static boolean repeats(Object value) {
        return value instanceof String || value instanceof List || value instanceof Tuple;
    }

    private static Object repeat(Object value, long times) {
        long count = Math.min(Math.max(times, 0), Integer.MAX_VALUE);
        if (value instanceof String text) {
            Budget.checkText(text.length() * count);
            return text.repeat((int) count);
        }
        List<?> items = value instanceof Tuple tuple ? tuple.items() : (List<?>) value;
        Budget.checkList(items.size() * count);
        var repeated = new ArrayList<Object>();
        Collections.nCopies(items.isEmpty() ? 0 : (int) count, items).forEach(repeated::addAll);
        return value instanceof Tuple ? new Tuple(repeated) : repeated;
    }

    private static TemplateFault unsupported(String operator, Object left, Object right) {
        return new TemplateFault("unsupported operand types for " + operator + ": " + Repr.of(Types.name(left))
                + " and " + Repr.of(Types.name(right)));
    }
}
