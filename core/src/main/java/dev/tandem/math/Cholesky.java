package dev.tandem.math;

/** Solves A·x = b for a small symmetric positive definite A. */
public final class Cholesky {
    private Cholesky() {}

    /**
     * Solves (A + shift·I)·x = b.
     *
     * @throws ArithmeticException if the shifted matrix is not positive definite to working precision
     */
    public static double[] solve(double[][] a, double shift, double[] b) {
        var n = b.length;
        var lower = factor(a, shift);
        var x = b.clone();
        for (var i = 0; i < n; i++) {
            for (var j = 0; j < i; j++) {
                x[i] -= lower[i][j] * x[j];
            }
            x[i] /= lower[i][i];
        }
        for (var i = n - 1; i >= 0; i--) {
            for (var j = i + 1; j < n; j++) {
                x[i] -= lower[j][i] * x[j];
            }
            x[i] /= lower[i][i];
        }
        return x;
    }

    private static double[][] factor(double[][] a, double shift) {
        var n = a.length;
        var lower = new double[n][n];
        for (var i = 0; i < n; i++) {
            for (var j = 0; j <= i; j++) {
                var rest = a[i][j] + (i == j ? shift : 0.0);
                for (var k = 0; k < j; k++) {
                    rest -= lower[i][k] * lower[j][k];
                }
                if (i == j && !(rest > 0.0)) {
                    throw new ArithmeticException("not positive definite: pivot " + rest);
                }
                lower[i][j] = i == j ? Math.sqrt(rest) : rest / lower[j][j];
            }
        }
        return lower;
    }
}
