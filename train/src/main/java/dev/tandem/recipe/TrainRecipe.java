package dev.tandem.recipe;

import dev.tandem.train.track.OnWriteFailure;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * How long, where and how precisely to train.
 *
 * @param steps optimizer steps
 * @param device {@code auto}, {@code cpu} or {@code cuda[:n]}
 * @param precision dtype of the weights and activations
 * @param seed seed of every source of randomness
 * @param evaluateEvery steps between evaluations on the fixed evaluation sets; the first is before step 0, the last
 *     after the last step; 0: only these two
 * @param evalBatchSize examples in the model at the same time while evaluating
 * @param checkpointEvery steps between checkpoints; 0: only at an interruption
 * @param maxConsecutiveSkips steps in a row that are skipped because a loss or gradient is not finite; one more stops the run
 * @param keepCheckpoints newest checkpoints that are kept, at least 1
 * @param onWriteFailure what to do when a checkpoint or a line of the metrics cannot be written
 * @param threads libtorch threads; absent: one per core
 * @param headTileTokens most tokens that the output head computes at a time; absent: as is fast on the device
 * @param microBatchTokens tokens in the model at the same time, training and evaluating; a larger batch is processed in
 *     parts. Absent: no limit. Loss and gradient do not depend on it
 * @param checkpointActivations keep only the blocks' inputs for the backward pass and compute the rest again
 * @param zeroStage what ranks split among them; a process by itself splits nothing
 * @param sharedPrompts compute the prompt of a pair once for both answers where that saves time
 * @param earlyStop when to stop before the last step
 */
public record TrainRecipe(
        int steps,
        String device,
        Precision precision,
        long seed,
        int evaluateEvery,
        int evalBatchSize,
        int checkpointEvery,
        int maxConsecutiveSkips,
        int keepCheckpoints,
        OnWriteFailure onWriteFailure,
        OptionalInt threads,
        OptionalInt headTileTokens,
        OptionalInt microBatchTokens,
        boolean checkpointActivations,
        ZeroStage zeroStage,
        boolean sharedPrompts,
        Optional<EarlyStop> earlyStop) {

    /** This section with another length and seed. */
    public TrainRecipe withSteps(int newSteps, long newSeed) {
        return with(newSteps, newSeed, checkpointEvery, threads);
    }

    /** This section with another number of steps between checkpoints. */
    public TrainRecipe withCheckpointEvery(int newCheckpointEvery) {
        return with(steps, seed, newCheckpointEvery, threads);
    }

    /** This section with another number of libtorch threads. */
    public TrainRecipe withThreads(int newThreads) {
        return with(steps, seed, checkpointEvery, OptionalInt.of(newThreads));
    }

    private TrainRecipe with(int newSteps, long newSeed, int newCheckpointEvery, OptionalInt newThreads) {
        return new TrainRecipe(
                newSteps,
                device,
                precision,
                newSeed,
                evaluateEvery,
                evalBatchSize,
                newCheckpointEvery,
                maxConsecutiveSkips,
                keepCheckpoints,
                onWriteFailure,
                newThreads,
                headTileTokens,
                microBatchTokens,
                checkpointActivations,
                zeroStage,
                sharedPrompts,
                earlyStop);
    }

    /** Precisions by their YAML names. */
    public enum Precision {
        /** Weights and activations in 32-bit floats. */
        FP32,
        /** Weights and activations in bfloat16. */
        BF16
    }

    /**
     * Early stop, checked at every evaluation; either condition is enough.
     *
     * @param gap stop when the optimality gap of any objective is at or below this
     * @param front stop when the evaluation losses dominate a point of this Pareto front; losses in the objectives'
     *     order
     */
    public record EarlyStop(OptionalDouble gap, List<List<Double>> front) {
        public EarlyStop {
            front = front.stream().map(List::copyOf).toList();
        }
    }
}
