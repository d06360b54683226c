package dev.tandem.plan;

import dev.tandem.recipe.ZeroStage;
import dev.tandem.train.cost.ActivationMemory;

/**
 * Memory of the rank that needs most, bytes.
 *
 * @param frozen the frozen base of an adapter; what the trained parameters are cast to where all are trained
 * @param parameters trained parameters, float32
 * @param gradients of all threads, and of single objectives where they are combined, float32
 * @param moments both of AdamW's, float32
 * @param activations what the backward pass of the largest micro-batch keeps
 * @param head tiles of logits
 */
public record RankMemory(long frozen, long parameters, long gradients, long moments, long activations, long head) {
    static RankMemory of(PlanInput run, Cluster cluster, ShardLayout sharding) {
        var stage = sharding.stage();
        var whole = Float.BYTES * sharding.elements();
        var share = Float.BYTES * sharding.share();
        var threads = cluster.threads();
        var kept = new ActivationMemory(
                run.spec(), run.bytesPerElement(), run.checkpointActivations() || stage.splits(ZeroStage.PARAMETERS));
        return new RankMemory(
                run.lora().isPresent()
                        ? sharding.frozenBytes(run.bytesPerElement())
                        : threads * kept.castWeights(run.bytesPerElement()),
                stage.splits(ZeroStage.PARAMETERS) ? share + Float.BYTES * sharding.valueBuffers() : whole,
                (stage.splits(ZeroStage.GRADIENTS)
                                ? share + threads * (Float.BYTES * sharding.gradientBuffers())
                                : threads * whole)
                        + run.gradientBuffers() * (stage.splits(ZeroStage.MOMENTS) ? share : whole),
                2 * (stage.splits(ZeroStage.MOMENTS) ? share : whole),
                (long) Math.ceil(run.largestPass(sharding.ranks()) * kept.perToken()),
                2L * threads * run.tiles().bytes(run.spec().vocabSize()));
    }

    /** All parts together, bytes. */
    public long total() {
        return frozen + parameters + gradients + moments + activations + head;
    }
}
