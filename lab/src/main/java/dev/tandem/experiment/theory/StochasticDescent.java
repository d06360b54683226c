package dev.tandem.experiment.theory;

import dev.tandem.experiment.theory.problem.Batches;
import dev.tandem.experiment.theory.problem.ConvexProblem;
import dev.tandem.experiment.theory.problem.FiniteSum;
import dev.tandem.experiment.theory.problem.Vectors;
import dev.tandem.math.Seeds;
import dev.tandem.method.LossProbe;
import dev.tandem.method.Method;
import java.util.List;

/**
 * Projected stochastic gradient descent under a method: the training loop in small. Step t of a stage has size c/√(t+1);
 * where a method resets its optimizer, a stage begins.
 */
final class StochasticDescent {
    private final ConvexProblem problem;
    private final List<FiniteSum> objectives;
    private final int batchSize;
    private final double stepSize;

    StochasticDescent(ConvexProblem problem, int batchSize, double stepSize) {
        this.problem = problem;
        this.objectives = List.of(problem.sft(), problem.preference());
        this.batchSize = batchSize;
        this.stepSize = stepSize;
    }

    /**
     * θ after {@code steps} steps.
     *
     * @param losses which losses the method receives
     * @param seed of the batches
     */
    double[] run(Method method, int steps, ComparedMethod.LossSource losses, long seed) {
        var batches = batches("theory-batches", seed);
        var others = batches("theory-other-batches", seed);
        var theta = problem.start();
        var all = losses == ComparedMethod.LossSource.ALL_DATA;
        var stageStart = 0;
        for (var step = 0; step < steps; step++) {
            var plan = method.plan(step, new LossProbe() {
                @Override
                public double loss(int i) {
                    return all ? objectives.get(i).value(theta) : batches.get(i).peek(theta);
                }

                @Override
                public double lossOnProbeBatch(int i) {
                    return all ? objectives.get(i).value(theta) : others.get(i).takeLoss(theta);
                }
            });
            if (plan.combiner().isPresent() || method.observesAfterStep()) {
                throw new IllegalArgumentException(
                        "gradients are summed here, and losses are known only before the step");
            }
            if (plan.resetOptimizer()) {
                stageStart = step;
            }
            var gradient = new double[theta.length];
            var observed = new double[plan.terms().size()];
            for (var term = 0; term < observed.length; term++) {
                var i = plan.terms().get(term).objective();
                var weight = plan.terms().get(term).weight();
                var fullLoss = all ? objectives.get(i).value(theta) : Double.NaN;
                var loss = batches.get(i).take(theta, weight, gradient);
                observed[term] = all ? fullLoss : loss;
            }
            Vectors.add(theta, -stepSize / Math.sqrt(step - stageStart + 1.0), gradient);
            problem.ball().project(theta);
            method.observe(plan, observed);
        }
        return theta;
    }

    private List<Batches> batches(String purpose, long seed) {
        return List.of(
                new Batches(objectives.get(0), batchSize, Seeds.of(seed, purpose, 0)),
                new Batches(objectives.get(1), batchSize, Seeds.of(seed, purpose, 1)));
    }
}
