package dev.tandem.train;

import dev.tandem.data.BatchStream;
import dev.tandem.data.Example;
import dev.tandem.objective.Objective;
import java.util.List;

/**
 * An objective at work: what it learns from, and what it is measured on.
 *
 * @param name its name in the recipe
 * @param objective the loss
 * @param stream training batches, one an optimizer step
 * @param looks training batches in another order, to be looked at and not trained on
 * @param evaluation fixed evaluation set; may be empty
 * @param reference log π_ref of every example of both
 * @param microBatches how much of a batch is in the model at once
 * @param optimum f*, the loss this objective reaches alone
 */
public record Task(
        String name,
        Objective objective,
        BatchStream stream,
        BatchStream looks,
        List<Example> evaluation,
        ReferenceLogProbs reference,
        MicroBatches microBatches,
        double optimum) {
    public Task {
        evaluation = List.copyOf(evaluation);
    }
}
