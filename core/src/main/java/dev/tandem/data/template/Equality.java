package dev.tandem.data.template;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Python's equality of values. */
final class Equality {
    private static final int MAX_DEPTH = 500;

    private Equality() {}

    static boolean equal(Object left, Object right) {
        return equal(left, right, 0);
    }

    private static boolean equal(Object left, Object right, int depth) {
        if (depth > MAX_DEPTH) {
            throw new TemplateFault("a value nests more than " + MAX_DEPTH + " levels deep");
        }
        if (Numbers.is(left) && Numbers.is(right)) {
            return compareNumbers(left, right).map(order -> order == 0).orElse(false);
        }
        if (left instanceof List<?> a && right instanceof List<?> b) {
            return lists(a, b, depth);
        }
        if (left instanceof Tuple a && right instanceof Tuple b) {
            return lists(a.items(), b.items(), depth);
        }
        if (left instanceof Map<?, ?> a && right instanceof Map<?, ?> b) {
            return maps(a, b, depth);
        }
        if (left instanceof Undefined && right instanceof Undefined) {
            return true;
        }
        if (left instanceof RangeValue a && right instanceof RangeValue b) {
            return a.items().equals(b.items());
        }
        return left instanceof String ? left.equals(right) : left == right;
    }

    private static boolean lists(List<?> left, List<?> right, int depth) {
        if (left.size() != right.size()) {
            return false;
        }
        for (int i = 0; i < left.size(); i++) {
            if (!equal(left.get(i), right.get(i), depth + 1)) {
                return false;
            }
        }
        return true;
    }

    private static boolean maps(Map<?, ?> left, Map<?, ?> right, int depth) {
        if (left.size() != right.size()) {
            return false;
        }
        for (var entry : left.entrySet()) {
            var other = Mappings.get(right, entry.getKey());
            if (other.isEmpty() || !equal(entry.getValue(), other.get(), depth + 1)) {
                return false;
            }
        }
        return true;
    }

    /** The order of two numbers, exact between integers and reals; empty if one is not a number at all. */
    static Optional<Integer> compareNumbers(Object left, Object right) {
        var a = Numbers.index(left);
        var b = Numbers.index(right);
        if (a.isPresent() && b.isPresent()) {
            return Optional.of(a.get().compareTo(b.get()));
        }
        double x = Numbers.real(left);
        double y = Numbers.real(right);
        if (Double.isNaN(x) || Double.isNaN(y)) {
            return Optional.empty();
        }
        if (Double.isInfinite(x) || Double.isInfinite(y)) {
            return Optional.of(x == y ? 0 : x < y ? -1 : 1);
        }
        return Optional.of(exact(left, a).compareTo(exact(right, b)));
    }

    private static BigDecimal exact(Object value, Optional<Long> whole) {
        return whole.map(BigDecimal::valueOf).orElseGet(() -> new BigDecimal(Numbers.real(value)));
    }
}
