package dev.tandem.train.optimizer;

import dev.tandem.UserException;
import dev.tandem.recipe.OptimizerRecipe;
import dev.tandem.recipe.OptimizerRecipe.Schedule;

/**
 * Learning rate as a function of the step, by the formulas of Hugging Face's {@code get_*_schedule_with_warmup}.
 *
 * <p>With W warm-up steps and T steps in all, step t &lt; W has peak·t/max(1, W): the very first step of a warm-up has
 * rate 0. From W on, with progress p = (t−W)/max(1, T−W): peak (constant), peak·(1−p) (linear), peak·(1+cos(πp))/2
 * (cosine). Linear and cosine would reach 0 at step T, the one after the last.
 *
 * @param schedule shape after the warm-up
 * @param peak highest rate
 * @param warmupSteps W
 * @param totalSteps T
 */
public record LearningRate(Schedule schedule, double peak, int warmupSteps, int totalSteps) {

    /** @throws UserException if the rate is negative or not finite, or the number of warm-up steps negative */
    public LearningRate {
        if (!(peak >= 0.0) || Double.isInfinite(peak)) {
            throw new UserException("optimizer.learning-rate is " + peak + ", but must be 0 or more (5e-5, say)");
        }
        if (warmupSteps < 0) {
            throw new UserException("optimizer.warmup-steps is " + warmupSteps + ", but must be 0 or more");
        }
    }

    /**
     * The schedule of a recipe.
     *
     * @param totalSteps steps of the run
     * @throws UserException if the recipe's numbers are out of range
     */
    public static LearningRate of(OptimizerRecipe recipe, int totalSteps) {
        return new LearningRate(recipe.schedule(), recipe.learningRate(), recipe.warmupSteps(), totalSteps);
    }

    /** This schedule over another number of steps. */
    public LearningRate over(int steps) {
        return new LearningRate(schedule, peak, warmupSteps, steps);
    }

    /** Rate of step {@code step} (0-based). */
    public double at(int step) {
        if (step < warmupSteps) {
            return peak * step / warmupSteps;
        }
        var progress = (double) (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps);
        return peak
                * switch (schedule) {
                    case CONSTANT -> 1.0;
                    case LINEAR -> Math.max(0.0, 1.0 - progress);
                    case COSINE -> 0.5 * (1.0 + Math.cos(Math.PI * Math.min(1.0, progress)));
                };
    }
}
