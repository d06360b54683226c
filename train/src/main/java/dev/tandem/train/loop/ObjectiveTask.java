package dev.tandem.train.loop;

import dev.tandem.objective.Objective;
import java.util.OptionalDouble;

/**
 * An objective in training: what it learns from, and what it is measured on.
 *
 * @param name its name in the recipe
 * @param objective the loss
 * @param batches training batches, one an optimizer step
 * @param probes training batches in another order, that are evaluated and not trained on
 * @param evaluation fixed evaluation set; may be empty
 * @param microBatches how much of a batch is in the model at a time
 * @param optimum f*, the loss this objective reaches alone; absent: unknown
 */
public record ObjectiveTask(
        String name,
        Objective objective,
        BatchSource batches,
        BatchSource probes,
        TrainingBatch evaluation,
        MicroBatches microBatches,
        OptionalDouble optimum) {}
