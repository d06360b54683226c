package dev.tandem.train;

import dev.tandem.data.Example;
import dev.tandem.data.ExampleStream;
import dev.tandem.objective.Objective;
import java.util.List;

/**
 * An objective at work: what it learns from, and what it is measured on.
 *
 * @param name its name in the recipe
 * @param objective the loss
 * @param stream training examples
 * @param evaluation fixed evaluation set; may be empty
 * @param reference log π_ref of every example of both
 * @param batchSize examples of an optimizer step
 * @param microBatchSize examples in the model at once
 * @param optimum f*, the loss this objective reaches alone
 */
public record Task(
        String name,
        Objective objective,
        ExampleStream stream,
        List<Example> evaluation,
        ReferenceLogProbs reference,
        int batchSize,
        int microBatchSize,
        double optimum) {
    public Task {
        evaluation = List.copyOf(evaluation);
    }
}
