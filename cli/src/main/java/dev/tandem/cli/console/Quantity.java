package dev.tandem.cli.console;

import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Amounts with a unit, as in {@code 80GiB}, {@code 25GB/s}, {@code 200Gbit/s}, {@code 400T}. */
public final class Quantity {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,9})?) ?([A-Za-zµ/]*)");
    private static final Map<String, Double> THOUSANDS =
            Map.of("", 1.0, "k", 1e3, "M", 1e6, "G", 1e9, "T", 1e12, "P", 1e15);
    private static final Map<String, Double> SECONDS = Map.of("s", 1.0, "ms", 1e-3, "us", 1e-6, "µs", 1e-6);

    private Quantity() {}

    private static double read(String text, String expected, ToDoubleFunction<String> factor) {
        var matcher = FORM.matcher(text.strip());
        var value =
                matcher.matches() ? Double.parseDouble(matcher.group(1)) * factor.applyAsDouble(matcher.group(2)) : 0;
        if (!(value > 0)) {
            throw new TypeConversionException("'" + text + "' is not " + expected);
        }
        return value;
    }

    /** The factor of a prefix before a base unit; 0 if it is not a prefix. */
    private static double prefixed(String unit, String base) {
        return unit.endsWith(base) ? THOUSANDS.getOrDefault(unit.substring(0, unit.length() - base.length()), 0.0) : 0;
    }

    private static double bytes(String unit) {
        return switch (unit) {
            case "KiB" -> 1L << 10;
            case "MiB" -> 1L << 20;
            case "GiB" -> 1L << 30;
            case "TiB" -> 1L << 40;
            default -> prefixed(unit, "B");
        };
    }

    /** Bytes. */
    public static final class Memory implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            return read(text, "an amount of memory, as in 80GiB or 64GB", Quantity::bytes);
        }
    }

    /** Bytes a second. */
    public static final class Bandwidth implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            return read(
                    text,
                    "a bandwidth, as in 25GB/s or 200Gbit/s",
                    unit -> unit.endsWith("bit/s")
                            ? prefixed(unit, "bit/s") / Byte.SIZE
                            : unit.endsWith("/s") ? bytes(unit.substring(0, unit.length() - 2)) : 0);
        }
    }

    /** Floating-point operations a second. */
    public static final class Flops implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            return read(
                    text,
                    "a number of operations a second, as in 400T or 285G",
                    unit -> prefixed(unit.replaceFirst("FLOP/s$", ""), ""));
        }
    }

    /** Seconds. */
    public static final class Time implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            return read(text, "a time, as in 5us or 0.7ms", unit -> SECONDS.getOrDefault(unit, 0.0));
        }
    }

    /** A large number in thousands, as in {@code 400 T}, with a unit after it. */
    public static String thousands(double value, String unit) {
        var prefixes = new String[] {"", "k", "M", "G", "T", "P"};
        var i = 0;
        var left = value;
        while (left >= 1e3 && i < prefixes.length - 1) {
            left /= 1e3;
            i++;
        }
        return String.format(
                Locale.ROOT,
                left >= 100 || left == Math.rint(left) ? "%.0f %s%s" : "%.3g %s%s",
                left,
                prefixes[i],
                unit);
    }

    /** A number with three significant digits, or with all digits before its point. */
    public static String digits(double value) {
        return String.format(
                Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : value >= 1 ? "%.2f" : "%.3f", value);
    }

    /** Memory, in GiB, or in MiB if it is less than one. */
    public static String memory(double bytes) {
        return bytes >= 1L << 30 ? digits(bytes / (1L << 30)) + " GiB" : digits(bytes / (1L << 20)) + " MiB";
    }
}
