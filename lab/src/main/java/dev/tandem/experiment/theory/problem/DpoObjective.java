package dev.tandem.experiment.theory.problem;

import dev.tandem.objective.pair.Dpo;
import java.util.List;

/**
 * f_DPO(θ): the mean over pairs of the loss that trains language models, {@link Dpo}. The normalisers of π_θ and π_ref
 * cancel in a pair's margin, which is (θ − θ_ref)ᵀ(φ(x,y_w) − φ(x,y_l)): linear, and so the loss is convex.
 */
public final class DpoObjective implements FiniteSum {
    private final Dpo dpo;
    private final double[] reference;

    /** φ(x,y_w) − φ(x,y_l) by pair. */
    private final double[][] differences;

    /** A prompt, and the better and the worse answer to it, by index. */
    public record Pair(int prompt, int chosen, int rejected) {}

    /**
     * DPO on given pairs.
     *
     * @param data at least one pair
     * @param reference θ_ref; all 0 is the uniform policy
     * @param beta β &gt; 0
     * @throws dev.tandem.UserException if β is not above 0
     */
    public DpoObjective(LogLinearPolicy policy, List<Pair> data, double[] reference, double beta) {
        this.dpo = new Dpo(beta);
        this.reference = reference.clone();
        this.differences = data.stream()
                .map(p -> Vectors.sum(
                        policy.feature(p.prompt(), p.chosen()), -1.0, policy.feature(p.prompt(), p.rejected())))
                .toArray(double[][]::new);
    }

    @Override
    public int size() {
        return differences.length;
    }

    @Override
    public int dimension() {
        return reference.length;
    }

    @Override
    public double loss(int example, double[] theta) {
        return dpo.loss(margin(example, theta));
    }

    @Override
    public double addGradient(int example, double[] theta, double weight, double[] sum) {
        var margin = margin(example, theta);
        Vectors.add(sum, weight * dpo.derivative(margin), differences[example]);
        return dpo.loss(margin);
    }

    @Override
    public void addHessian(int example, double[] theta, double weight, double[][] sum) {
        // with s = d loss/dm = −β·σ(−β·m), the second derivative β²·σ(β·m)·σ(−β·m) is −s·(β + s)
        var slope = dpo.derivative(margin(example, theta));
        Vectors.addSquare(sum, -weight * slope * (dpo.beta() + slope), differences[example]);
    }

    private double margin(int example, double[] theta) {
        var difference = differences[example];
        return Vectors.dot(difference, theta) - Vectors.dot(difference, reference);
    }
}
