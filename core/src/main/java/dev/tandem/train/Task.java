package dev.tandem.train;

import dev.tandem.objective.Objective;

/**
 * An objective at work: what it learns from, and what it is measured on.
 *
 * @param name its name in the recipe
 * @param objective the loss
 * @param batches training batches, one an optimizer step
 * @param looks training batches in another order, to be looked at and not trained on
 * @param evaluation fixed evaluation set; may be empty
 * @param microBatches how much of a batch is in the model at once
 * @param optimum f*, the loss this objective reaches alone
 */
public record Task(
        String name,
        Objective objective,
        BatchSource batches,
        BatchSource looks,
        TrainingBatch evaluation,
        MicroBatches microBatches,
        double optimum) {}
