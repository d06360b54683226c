package dev.tandem.objective;

import dev.tandem.math.TokenStatistic;
import java.util.Map;

/**
 * The result of an objective for a batch or a part of it.
 *
 * @param loss the part's contribution to the batch's mean loss: parts of one batch add up to its loss
 * @param tokenGradients ∂loss/∂log p for every trained token, {@code [trained tokens]}, in the order of {@link LogProbs}
 * @param statistics further sums over the part (rewards, accuracy, margin), each already divided by what
 *     its mean over the batch divides by, so that parts add up as the loss does; empty for objectives that have none
 * @param statisticGradients ∂loss/∂s for every trained token, {@code [trained tokens]}, of the {@link Objective#needs} that are
 *     not constants of the gradient
 */
public record LossAndTokenGradients(
        double loss,
        float[] tokenGradients,
        Map<String, Double> statistics,
        Map<TokenStatistic, float[]> statisticGradients) {
    public LossAndTokenGradients {
        statistics = Map.copyOf(statistics);
        statisticGradients = Map.copyOf(statisticGradients);
    }

    /** A loss that has a gradient by log-probs alone. */
    public LossAndTokenGradients(double loss, float[] tokenGradients, Map<String, Double> statistics) {
        this(loss, tokenGradients, statistics, Map.of());
    }
}
