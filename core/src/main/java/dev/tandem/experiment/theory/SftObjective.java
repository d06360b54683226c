package dev.tandem.experiment.theory;

import java.util.List;

/**
 * f_SFT(θ): the mean of −log π_θ(y|x) over demonstrations. An answer is one token here.
 *
 * <p>The gradient of an example is E_π[φ] − φ(x,y), its Hessian the covariance of φ under π.
 */
public final class SftObjective implements FiniteSum {
    private final LogLinearPolicy policy;
    private final List<Demonstration> data;

    /**
     * Fraction of each prompt among the examples, and the mean of φ(x,y) over them: all that the mean loss depends on.
     */
    private final double[] promptShares;

    private final double[] meanFeature;

    /** A prompt and the answer to it, by index. */
    public record Demonstration(int prompt, int answer) {}

    /** @param data at least one example */
    public SftObjective(LogLinearPolicy policy, List<Demonstration> data) {
        this.policy = policy;
        this.data = List.copyOf(data);
        this.promptShares = new double[policy.prompts()];
        this.meanFeature = new double[policy.dimension()];
        for (var row : data) {
            promptShares[row.prompt()] += 1.0 / data.size();
            Vectors.add(meanFeature, 1.0 / data.size(), policy.feature(row.prompt(), row.answer()));
        }
    }

    /** {@inheritDoc} Costs one pass over the prompts, not the examples. */
    @Override
    public double value(double[] theta) {
        var value = -Vectors.dot(meanFeature, theta);
        for (var prompt = 0; prompt < promptShares.length; prompt++) {
            value += promptShares[prompt] * policy.logNormalizer(prompt, theta);
        }
        return value;
    }

    @Override
    public int size() {
        return data.size();
    }

    @Override
    public int dimension() {
        return policy.dimension();
    }

    @Override
    public double loss(int example, double[] theta) {
        var row = data.get(example);
        return -policy.logProb(row.prompt(), row.answer(), theta);
    }

    @Override
    public double addGradient(int example, double[] theta, double weight, double[] sum) {
        var row = data.get(example);
        var probabilities = policy.probabilities(row.prompt(), theta);
        for (var y = 0; y < probabilities.length; y++) {
            var indicator = y == row.answer() ? 1.0 : 0.0;
            Vectors.add(sum, weight * (probabilities[y] - indicator), policy.feature(row.prompt(), y));
        }
        return -Math.log(probabilities[row.answer()]);
    }

    @Override
    public void addHessian(int example, double[] theta, double weight, double[][] sum) {
        var prompt = data.get(example).prompt();
        var probabilities = policy.probabilities(prompt, theta);
        var mean = new double[dimension()];
        for (var y = 0; y < probabilities.length; y++) {
            Vectors.add(mean, probabilities[y], policy.feature(prompt, y));
        }
        for (var y = 0; y < probabilities.length; y++) {
            Vectors.addSquare(sum, weight * probabilities[y], Vectors.sum(policy.feature(prompt, y), -1.0, mean));
        }
    }
}
