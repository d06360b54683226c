package dev.tandem.plan;

import dev.tandem.model.config.ModelSpec;
import dev.tandem.model.head.HeadTiles;
import dev.tandem.model.lora.LoraConfig;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The description of a run that a plan needs.
 *
 * @param spec the model
 * @param lora the adapter that is trained; absent: all parameters are
 * @param bytesPerElement of activations and frozen weights
 * @param checkpointActivations whether the blocks' inputs alone are kept for the backward pass
 * @param tiles how the output head splits its work
 * @param objectives batches of all objectives: the largest pass decides on memory
 * @param step the batches of one step
 * @param probes forward passes over a step's batches that are for a loss alone, in the mean of a step
 * @param gradientBuffers gradients of single objectives that are kept until they are combined; 0: the step has one gradient
 */
public record PlanInput(
        ModelSpec spec,
        Optional<LoraConfig> lora,
        int bytesPerElement,
        boolean checkpointActivations,
        HeadTiles tiles,
        List<Batch> objectives,
        List<Batch> step,
        double probes,
        int gradientBuffers) {
    private static final int BF16_BYTES = 2;

    public PlanInput {
        objectives = List.copyOf(objectives);
        step = List.copyOf(step);
    }

    /** Tokens of a step, on all ranks together. */
    public double tokens() {
        return step.stream().mapToDouble(Batch::tokens).sum();
    }

    /** Forward and backward passes of a step. */
    public long passes() {
        return step.stream().mapToLong(Batch::passes).sum();
    }

    /** Whether the gradient of each objective is complete by itself, and so summed over ranks by itself. */
    boolean combines() {
        return gradientBuffers > 0;
    }

    /** Whether weights and activations are in bfloat16. */
    public boolean bf16() {
        return bytesPerElement == BF16_BYTES;
    }

    /** Tokens in the model at the same time, on the rank that has most. */
    double largestPass(int ranks) {
        return objectives.stream()
                .map(batch -> batch.tokensOfRank(ranks))
                .max(Comparator.naturalOrder())
                .orElse(0.0);
    }

    /** This run with sequences that are shorter or longer by a factor. */
    PlanInput withLengths(double factor) {
        return with(lora, bytesPerElement, scaled(objectives, factor), scaled(step, factor));
    }

    /** This run with an adapter on all linear modules. */
    PlanInput withAdapter(int rank) {
        var all = List.of(LoraConfig.ALL_LINEAR);
        return with(Optional.of(new LoraConfig(rank, rank, 0, all, false)), bytesPerElement, objectives, step);
    }

    /** This run in bfloat16. */
    PlanInput inBf16() {
        return with(lora, BF16_BYTES, objectives, step);
    }

    /** This run with at most a given number of examples in the model at the same time. */
    PlanInput inPassesOf(long most) {
        return with(
                lora,
                bytesPerElement,
                objectives.stream().map(b -> b.inPassesOf(most)).toList(),
                step.stream().map(b -> b.inPassesOf(most)).toList());
    }

    /**
     * This run on a given number of ranks.
     *
     * @param examplesPerRank most examples in a rank's model at the same time; absent: nothing changes
     */
    PlanInput onRanks(int ranks, OptionalInt examplesPerRank) {
        return examplesPerRank.isPresent() ? inPassesOf((long) examplesPerRank.getAsInt() * ranks) : this;
    }

    private PlanInput with(Optional<LoraConfig> newLora, int newBytes, List<Batch> newObjectives, List<Batch> newStep) {
        return new PlanInput(
                spec, newLora, newBytes, checkpointActivations, tiles, newObjectives, newStep, probes, gradientBuffers);
    }

    private static List<Batch> scaled(List<Batch> batches, double factor) {
        return batches.stream().map(b -> b.ofLength(factor * b.length())).toList();
    }
}
