package dev.tandem.experiment.theory;

/** An objective that is the mean over a finite number of examples, from which stochastic gradients are drawn. */
public interface FiniteSum extends SmoothObjective {
    /** Number of examples. */
    int size();

    /** Number of parameters. */
    int dimension();

    /** Loss of one example, nats. */
    double loss(int example, double[] theta);

    /**
     * Adds {@code weight} times the gradient of one example to {@code sum}.
     *
     * @return the example's loss, nats
     */
    double addGradient(int example, double[] theta, double weight, double[] sum);

    /** Adds {@code weight} times the Hessian of one example to {@code sum}. */
    void addHessian(int example, double[] theta, double weight, double[][] sum);

    @Override
    default double value(double[] theta) {
        var sum = 0.0;
        for (var example = 0; example < size(); example++) {
            sum += loss(example, theta);
        }
        return sum / size();
    }

    @Override
    default double[] gradient(double[] theta) {
        var sum = new double[dimension()];
        for (var example = 0; example < size(); example++) {
            addGradient(example, theta, 1.0 / size(), sum);
        }
        return sum;
    }

    @Override
    default double[][] hessian(double[] theta) {
        var sum = new double[dimension()][dimension()];
        for (var example = 0; example < size(); example++) {
            addHessian(example, theta, 1.0 / size(), sum);
        }
        return sum;
    }
}
