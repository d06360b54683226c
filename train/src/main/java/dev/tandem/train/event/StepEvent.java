package dev.tandem.train.event;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One optimizer step.
 *
 * @param step 0-based
 * @param losses training loss (before the update) of each objective stepped on, by name
 * @param statistics rewards, accuracy, margin of those objectives, by {@code objective/name}
 * @param notes what the method decided by (weighted gaps), by name
 * @param gradNorm L2 norm of the gradient before clipping
 * @param learningRate of this step
 * @param tokens tokens read in this step (evaluations of the method not counted)
 * @param trainedTokens of them trained
 * @param seconds this step took
 * @param skipped whether it was left out because a loss or the gradient was not finite: the parameters did not change
 */
public record StepEvent(
        int step,
        Map<String, Double> losses,
        Map<String, Double> statistics,
        Map<String, Double> notes,
        double gradNorm,
        double learningRate,
        long tokens,
        long trainedTokens,
        double seconds,
        boolean skipped) {
    public StepEvent {
        losses = new LinkedHashMap<>(losses);
        statistics = new LinkedHashMap<>(statistics);
        notes = new LinkedHashMap<>(notes);
    }
}
