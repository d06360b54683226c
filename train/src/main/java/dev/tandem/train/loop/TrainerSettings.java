package dev.tandem.train.loop;

import dev.tandem.train.event.EvaluationEvent;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Settings of the training loop.
 *
 * @param steps optimizer steps
 * @param evaluateEvery steps between evaluations; 0: only before the first and after the last
 * @param evalBatchSize examples in the model at the same time while evaluating
 * @param checkpointEvery steps between checkpoints; 0: only when training is asked to stop
 * @param seed of dropout
 * @param maxSkipped steps in a row that may be left out because a loss or gradient is not finite
 * @param earlyStop why to stop after an evaluation, if it is time
 * @param checkpoint saves tensors beside the given state
 * @param lastCheckpoint the newest checkpoint's name
 */
public record TrainerSettings(
        int steps,
        int evaluateEvery,
        int evalBatchSize,
        int checkpointEvery,
        long seed,
        int maxSkipped,
        Function<EvaluationEvent, Optional<String>> earlyStop,
        Consumer<TrainingState> checkpoint,
        Supplier<Optional<String>> lastCheckpoint) {}
