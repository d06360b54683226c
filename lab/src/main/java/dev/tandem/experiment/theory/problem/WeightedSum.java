package dev.tandem.experiment.theory.problem;

/**
 * μ·f + (1−μ)·g.
 *
 * @param share μ ∈ [0, 1], the weight of {@code first}
 */
public record WeightedSum(double share, SmoothObjective first, SmoothObjective second) implements SmoothObjective {

    @Override
    public double value(double[] theta) {
        return share * first.value(theta) + (1.0 - share) * second.value(theta);
    }

    @Override
    public double[] gradient(double[] theta) {
        return mix(first.gradient(theta), second.gradient(theta));
    }

    @Override
    public double[][] hessian(double[] theta) {
        var hessian = first.hessian(theta);
        var other = second.hessian(theta);
        for (var i = 0; i < hessian.length; i++) {
            hessian[i] = mix(hessian[i], other[i]);
        }
        return hessian;
    }

    private double[] mix(double[] a, double[] b) {
        var result = new double[a.length];
        Vectors.add(result, share, a);
        Vectors.add(result, 1.0 - share, b);
        return result;
    }
}
