package dev.tandem.objective;

/** The logistic function σ(x) = 1 / (1 + e⁻ˣ). The exponential only ever sees −|x|, so that nothing overflows. */
public final class Sigmoid {
    private Sigmoid() {}

    /** σ(x). */
    public static double of(double x) {
        var small = Math.exp(-Math.abs(x));
        return (x >= 0.0 ? 1.0 : small) / (1.0 + small);
    }

    /** −log σ(x); small values keep their digits. */
    public static double minusLog(double x) {
        return Math.max(-x, 0.0) + Math.log1p(Math.exp(-Math.abs(x)));
    }
}
