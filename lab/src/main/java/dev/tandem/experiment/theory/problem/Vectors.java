package dev.tandem.experiment.theory.problem;

import java.util.Arrays;

/** Sums and products of short vectors. */
public final class Vectors {
    private Vectors() {}

    public static double dot(double[] a, double[] b) {
        var sum = 0.0;
        for (var i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    public static double norm(double[] a) {
        return Math.sqrt(dot(a, a));
    }

    /** target += factor·a. */
    public static void add(double[] target, double factor, double[] a) {
        for (var i = 0; i < a.length; i++) {
            target[i] += factor * a[i];
        }
    }

    /** target += factor·a·aᵀ. */
    static void addSquare(double[][] target, double factor, double[] a) {
        for (var i = 0; i < a.length; i++) {
            add(target[i], factor * a[i], a);
        }
    }

    /** a + factor·b. */
    public static double[] sum(double[] a, double factor, double[] b) {
        var result = a.clone();
        add(result, factor, b);
        return result;
    }

    static double[] product(double[][] matrix, double[] a) {
        return Arrays.stream(matrix).mapToDouble(row -> dot(row, a)).toArray();
    }
}
