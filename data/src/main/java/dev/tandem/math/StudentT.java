package dev.tandem.math;

/** Student's distribution: how far the mean of a few numbers may be from the true one. */
public final class StudentT {
    private static final double TAIL = 0.025;

    private StudentT() {}

    /** t with P(X &gt; t) = 0.025 for Student's distribution. */
    public static double quantile(int degrees) {
        var low = 0.0;
        var high = 100.0;
        for (var i = 0; i < 100; i++) {
            var middle = 0.5 * (low + high);
            if (0.5 * (1.0 - centre(middle, degrees)) > TAIL) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** P(|X| ≤ t), the finite sums of Abramowitz and Stegun 26.7.3 and 26.7.4. */
    private static double centre(double t, int degrees) {
        var angle = Math.atan(t / Math.sqrt(degrees));
        var square = Math.cos(angle) * Math.cos(angle);
        var odd = degrees % 2 == 1;
        var term = odd ? Math.cos(angle) : 1.0;
        var sum = 0.0;
        for (var i = odd ? 1 : 0; i <= degrees - 2; i += 2) {
            sum += term;
            term *= square * (i + 1.0) / (i + 2.0);
        }
        var series = Math.sin(angle) * sum;
        return odd ? 2.0 / Math.PI * (angle + series) : series;
    }
}
