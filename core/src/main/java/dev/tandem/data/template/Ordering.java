package dev.tandem.data.template;

import java.util.List;

/** Python's order of values. */
final class Ordering {
    private Ordering() {}

    /** Whether {@code left operator right} for one of the operators {@code < <= > >=}. */
    static boolean test(String operator, Object left, Object right) {
        if (left instanceof Undefined missing) {
            throw missing.fault();
        }
        if (right instanceof Undefined missing) {
            throw missing.fault();
        }
        if (Numbers.is(left) && Numbers.is(right)) {
            return Equality.compareNumbers(left, right)
                    .map(order -> holds(operator, order))
                    .orElse(false);
        }
        if (left instanceof String a && right instanceof String b) {
            return holds(operator, compare(a, b));
        }
        if (left instanceof List<?> a && right instanceof List<?> b) {
            return lists(operator, a, b);
        }
        if (left instanceof Tuple a && right instanceof Tuple b) {
            return lists(operator, a.items(), b.items());
        }
        throw new TemplateFault("'" + operator + "' not supported between instances of " + Repr.of(Types.name(left))
                + " and " + Repr.of(Types.name(right)));
    }

    /** The order of two values, for sorting: only "less than" is used, as Python does. */
    static int compare(Object left, Object right) {
        return test("<", left, right) ? -1 : test("<", right, left) ? 1 : 0;
    }

    private static boolean holds(String operator, int order) {
        return switch (operator) {
            case "<" -> order < 0;
            case "<=" -> order <= 0;
            case ">" -> order > 0;
            default -> order >= 0;
        };
    }

    /** Strings by code points; Java's own order is by UTF-16 units. */
    private static int compare(String left, String right) {
        int common = Math.min(left.length(), right.length());
        for (int i = 0; i < common; i++) {
            char a = left.charAt(i);
            char b = right.charAt(i);
            if (a != b) {
                boolean mixed = Character.isSurrogate(a) != Character.isSurrogate(b);
                return mixed ? (Character.isSurrogate(a) ? 1 : -1) : Character.compare(a, b);
            }
        }
        return Integer.compare(left.length(), right.length());
    }

    private static boolean lists(String operator, List<?> left, List<?> right) {
        for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
            if (!Equality.equal(left.get(i), right.get(i))) {
                return test(operator, left.get(i), right.get(i));
            }
        }
        return holds(operator, Integer.compare(left.size(), right.size()));
    }
}
