package dev.tandem.train.plan;

import dev.tandem.recipe.ZeroStage;
import dev.tandem.train.KeptActivations;

/**
 * Memory of the rank that needs most, bytes.
 *
 * @param frozen the frozen base of an adapter; what the trained parameters are cast to where all are trained
 * @param parameters trained parameters, float32
 * @param gradients of all lanes, and of single objectives where they are combined, float32
 * @param moments both of AdamW's, float32
 * @param activations what the backward pass of the largest micro-batch keeps
 * @param head tiles of logits
 */
public record RankMemory(long frozen, long parameters, long gradients, long moments, long activations, long head) {
    static RankMemory of(PlannedRun run, Cluster cluster, Sharding sharding) {
        var stage = sharding.stage();
        var whole = Float.BYTES * sharding.elements();
        var share = Float.BYTES * sharding.share();
        var lanes = cluster.lanes();
        var kept = new KeptActivations(
                run.spec(), run.bytesPerElement(), run.checkpointActivations() || stage.splits(ZeroStage.PARAMETERS));
        return new RankMemory(
                run.lora().isPresent()
                        ? sharding.frozenBytes(run.bytesPerElement())
                        : lanes * kept.castWeights(run.bytesPerElement()),
                stage.splits(ZeroStage.PARAMETERS) ? share + Float.BYTES * sharding.valueBuffers() : whole,
                (stage.splits(ZeroStage.GRADIENTS)
                                ? share + lanes * (Float.BYTES * sharding.gradientBuffers())
                                : lanes * whole)
                        + run.gradientBuffers() * (stage.splits(ZeroStage.MOMENTS) ? share : whole),
                2 * (stage.splits(ZeroStage.MOMENTS) ? share : whole),
                (long) Math.ceil(run.largestPass(sharding.ranks()) * kept.perToken()),
                2L * lanes * run.tiles().bytes(run.spec().vocabSize()));
    }

    /** All parts together, bytes. */
    public long total() {
        return frozen + parameters + gradients + moments + activations + head;
    }
}
