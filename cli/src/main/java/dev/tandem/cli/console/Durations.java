package dev.tandem.cli.console;

import java.util.Locale;

/** Durations in a readable form. */
public final class Durations {
    private static final double MINUTE = 60;
    private static final double HOUR = 3600;

    private Durations() {}

    /** Formats a duration, as in {@code 45 s}, {@code 3 min 20 s}, {@code 2 h 5 min}. */
    public static String of(double seconds) {
        var whole = Math.round(Math.max(0, seconds));
        if (whole < MINUTE) {
            return whole + " s";
        }
        if (whole < HOUR) {
            return String.format(Locale.ROOT, "%d min %d s", whole / 60, whole % 60);
        }
        return String.format(Locale.ROOT, "%d h %d min", whole / 3600, whole % 3600 / 60);
    }
}
