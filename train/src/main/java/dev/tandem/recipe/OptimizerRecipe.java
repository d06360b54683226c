package dev.tandem.recipe;

import java.util.List;

/**
 * AdamW with decoupled weight decay, and the learning rate's schedule.
 *
 * @param learningRate peak learning rate
 * @param betas β₁ and β₂
 * @param eps ε
 * @param weightDecay decoupled weight decay; not applied to biases and norms
 * @param maxGradNorm gradients are scaled down to this L2 norm; 0 switches clipping off
 * @param schedule shape after the warm-up
 * @param warmupSteps steps of linear warm-up from 0
 */
public record OptimizerRecipe(
        double learningRate,
        List<Double> betas,
        double eps,
        double weightDecay,
        double maxGradNorm,
        Schedule schedule,
        int warmupSteps) {
    public OptimizerRecipe {
        betas = List.copyOf(betas);
    }

    /** This optimizer with another peak learning rate. */
    public OptimizerRecipe withLearningRate(double rate) {
        return new OptimizerRecipe(rate, betas, eps, weightDecay, maxGradNorm, schedule, warmupSteps);
    }

    /** Learning-rate schedules; LINEAR and COSINE fall to 0 at the last step. */
    public enum Schedule {
        /** One rate at all steps. */
        CONSTANT,
        /** Falls linearly. */
        LINEAR,
        /** Falls on half a cosine. */
        COSINE
    }
}
