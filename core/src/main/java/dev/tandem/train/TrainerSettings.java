package dev.tandem.train;

import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Settings of the training loop.
 *
 * @param steps optimizer steps
 * @param evaluateEvery steps between evaluations; 0: only before the first and after the last
 * @param evalBatchSize examples in the model at once while evaluating
 * @param checkpointEvery steps between checkpoints; 0: none but when training is asked to stop
 * @param seed of dropout
 * @param earlyStop whether to stop after an evaluation
 * @param checkpoint saves tensors beside the given state
 */
public record TrainerSettings(
        int steps,
        int evaluateEvery,
        int evalBatchSize,
        int checkpointEvery,
        long seed,
        Predicate<EvaluationEvent> earlyStop,
        Consumer<TrainingState> checkpoint) {}
