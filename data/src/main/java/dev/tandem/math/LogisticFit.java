package dev.tandem.math;

/**
 * Logistic regression on targets from 0 to 1, by Newton's method: the weights w that minimise Σ −y·log p −
 * (1−y)·log(1−p) + ½·ridge·Σ wⱼ², with p = σ(x·w). The first weight, the intercept's, is not penalised.
 */
public final class LogisticFit {
    private static final int MAX_STEPS = 100;
    private static final int MAX_HALVINGS = 40;
    /** Slope, per row, at which a minimum counts as found. */
    private static final double FLAT = 1e-12;
    /** Keeps the equations solvable if all targets are 0 or 1; it changes the steps, but not their limit. */
    private static final double SHIFT = 1e-12;

    private final double[][] rows;
    private final double[] targets;
    private final double ridge;

    private LogisticFit(double[][] rows, double[] targets, double ridge) {
        this.rows = rows;
        this.targets = targets;
        this.ridge = ridge;
    }

    /**
     * The weights. If all targets are 0 or all are 1 the intercept has no minimum and is so large that it makes no
     * difference.
     *
     * @param rows features, the first being 1
     * @param targets from 0 to 1
     * @param ridge at least 0
     */
    public static double[] weights(double[][] rows, double[] targets, double ridge) {
        return new LogisticFit(rows, targets, ridge).minimum();
    }

    /** p. */
    public static double sigmoid(double z) {
        return 1 / (1 + Math.exp(-z));
    }

    private double[] minimum() {
        var w = new double[rows[0].length];
        var here = value(w);
        for (var step = 0; step < MAX_STEPS; step++) {
            var slope = gradient(w);
            if (largest(slope) <= FLAT * rows.length) {
                break;
            }
            var direction = Cholesky.solve(hessian(w), SHIFT, slope);
            var next = w;
            var there = here;
            for (var length = 1.0; length > Math.scalb(1.0, -MAX_HALVINGS); length /= 2) {
                next = minus(w, length, direction);
                there = value(next);
                // at the minimum the last bits are noise
                if (there <= here + 1e-14 * Math.abs(here)) {
                    break;
                }
            }
            w = next;
            here = there;
        }
        return w;
    }

    private double value(double[] w) {
        var sum = 0.0;
        for (var i = 0; i < rows.length; i++) {
            var z = dot(rows[i], w);
            // −y·log σ(z) − (1−y)·log σ(−z), without overflow
            sum += Math.max(z, 0) - targets[i] * z + Math.log1p(Math.exp(-Math.abs(z)));
        }
        for (var j = 1; j < w.length; j++) {
            sum += 0.5 * ridge * w[j] * w[j];
        }
        return sum;
    }

    private double[] gradient(double[] w) {
        var gradient = new double[w.length];
        for (var i = 0; i < rows.length; i++) {
            var error = sigmoid(dot(rows[i], w)) - targets[i];
            for (var j = 0; j < w.length; j++) {
                gradient[j] += error * rows[i][j];
            }
        }
        for (var j = 1; j < w.length; j++) {
            gradient[j] += ridge * w[j];
        }
        return gradient;
    }

    private double[][] hessian(double[] w) {
        var hessian = new double[w.length][w.length];
        for (var row : rows) {
            var p = sigmoid(dot(row, w));
            for (var j = 0; j < w.length; j++) {
                for (var k = 0; k < w.length; k++) {
                    hessian[j][k] += p * (1 - p) * row[j] * row[k];
                }
            }
        }
        for (var j = 1; j < w.length; j++) {
            hessian[j][j] += ridge;
        }
        return hessian;
    }

    private static double[] minus(double[] w, double length, double[] direction) {
        var next = w.clone();
        for (var j = 0; j < w.length; j++) {
            next[j] -= length * direction[j];
        }
        return next;
    }

    private static double dot(double[] a, double[] b) {
        var sum = 0.0;
        for (var j = 0; j < a.length; j++) {
            sum += a[j] * b[j];
        }
        return sum;
    }

    private static double largest(double[] vector) {
        var largest = 0.0;
        for (var v : vector) {
            largest = Math.max(largest, Math.abs(v));
        }
        return largest;
    }
}
