package dev.tandem.jinja.python;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads numbers as Python's {@code int} and {@code float} do. */
public final class NumberText {
    private static final Pattern REAL = Pattern.compile("[+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?");
    private static final Pattern INFINITE = Pattern.compile("[+-]?inf(?:inity)?");

    private NumberText() {}

    public static Optional<Long> whole(String text, long base) {
        String digits = joined(Whitespace.strip(text).toLowerCase(Locale.ROOT));
        String sign = digits.startsWith("-") || digits.startsWith("+") ? digits.substring(0, 1) : "";
        String rest = digits.substring(sign.length());
        long radix = base;
        if (rest.startsWith("0x") && (base == 16 || base == 0)) {
            radix = 16;
        } else if (rest.startsWith("0o") && (base == 8 || base == 0)) {
            radix = 8;
        } else if (rest.startsWith("0b") && (base == 2 || base == 0)) {
            radix = 2;
        } else {
            return parsed(sign, rest, base == 0 ? 10 : base);
        }
        return parsed(sign, rest.substring(2), radix);
    }

    private static Optional<Long> parsed(String sign, String digits, long base) {
        if (base < 2 || base > 36 || !digits.matches("[0-9a-z]+")) {
            return Optional.empty();
        }
        try {
            return Optional.of(Long.parseLong(sign + digits, (int) base));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    public static Optional<Double> real(String text) {
        String digits = joined(Whitespace.strip(text).toLowerCase(Locale.ROOT));
        if (REAL.matcher(digits).matches()) {
            return Optional.of(Double.parseDouble(digits));
        } else if (INFINITE.matcher(digits).matches()) {
            return Optional.of(digits.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
        }
        return digits.matches("[+-]?nan") ? Optional.of(Double.NaN) : Optional.empty();
    }

    /** Digits may be joined by single underscores. */
    private static String joined(String digits) {
        return digits.replaceAll("(?<=[0-9a-f])_(?=[0-9a-f])", "");
    }
}
