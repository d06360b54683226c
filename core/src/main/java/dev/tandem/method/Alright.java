package dev.tandem.method;

import dev.tandem.recipe.MethodRecipe;

/**
 * ALRIGHT (arXiv 2410.15483): every step is on one objective, unweighted, drawn with its weight as
 * probability. In expectation a step of size η is one of {@link Mix}, at the price of one objective.
 */
public final class Alright implements Method {
    private final Draws draws;

    /**
     * @param weights probability of every objective; none negative, sum one
     * @param draws independent draws, each a pure function of the seed and the step number; or a balanced sequence, in
     *     which after any n steps each objective was drawn within 1 of w·n times
     * @param seed seed of the draws
     * @throws dev.tandem.UserException if the weights are not such
     */
    public Alright(double[] weights, MethodRecipe.Draws draws, long seed) {
        var checked = ObjectiveWeights.of(weights);
        this.draws = switch (draws) {
            case BERNOULLI -> new IndependentDraws(checked, seed);
            case BALANCED -> new BalancedDraws(checked, seed);
        };
    }

    @Override
    public StepPlan plan(int step, LossProbe probe) {
        return StepPlan.on(draws.next(step));
    }

    @Override
    public void observe(StepPlan plan, double[] losses) {
        // Losses change nothing.
    }

    @Override
    public MethodState state() {
        return draws.state();
    }

    @Override
    public void restore(MethodState state) {
        draws.restore(state);
    }
}
