package dev.tandem.experiment.theory;

import java.util.Locale;

/** Describes the slope of a method in words. */
final class Verdict {
    /** With a slope closer to zero, ten times the steps reduce the gap by less than a fifth. */
    private static final double NEGLIGIBLE = -0.1;

    private Verdict() {}

    /**
     * The verdict on one method.
     *
     * @param bound slope of log T/√T on the same grid
     * @param floor lower bound of the mean gap, nats
     */
    static String of(Slope slope, double bound, double floor) {
        if (slope.mean() > NEGLIGIBLE) {
            return String.format(Locale.ROOT, "does not shrink: stays above %.2g", floor);
        }
        var shrinks = String.format(
                Locale.ROOT, "shrinks like T^%.2f ± %.2f: ", slope.mean(), 0.5 * (slope.high() - slope.low()));
        if (slope.high() <= bound) {
            return shrinks + "at least as fast as 1/√T up to a log factor";
        }
        return shrinks
                + (slope.low() <= bound
                        ? "1/√T up to a log factor is within the error"
                        : "slower than 1/√T, a log factor included");
    }
}
