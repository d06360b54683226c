package dev.tandem.train.plan;

import dev.tandem.train.KeptActivations;
import java.util.Arrays;

/**
 * Memory of the rank that needs most, bytes.
 *
 * @param frozen the frozen base of an adapter; what the trained parameters are cast to where all are trained
 * @param parameters trained parameters, float32
 * @param gradients of all lanes, float32
 * @param moments both of AdamW's, float32
 * @param activations what the backward pass of the largest micro-batch keeps
 * @param head tiles of logits
 */
public record RankMemory(long frozen, long parameters, long gradients, long moments, long activations, long head) {
    /** Buckets of gradients that a lane holds while they are reduced and the next is computed. */
    private static final int GRADIENT_SLOTS = 2;

    /** Gathered blocks: the one that is computed, the next, and the one before. */
    private static final int PARAMETER_SLOTS = 3;

    static RankMemory of(PlannedRun run, Cluster cluster, Sharding sharding) {
        var stage = sharding.stage();
        var trained =
                sharding.units().stream().mapToLong(ParameterUnit::trained).sum();
        // nothing is padded where nothing is split
        var whole = Float.BYTES * (stage == ZeroStage.NOTHING ? trained : sharding.paddedTrained());
        var shard = Float.BYTES * sharding.trainedShards();
        var kept = new KeptActivations(
                run.config(), run.bytesPerElement(), run.checkpointActivations() || stage == ZeroStage.PARAMETERS);
        return new RankMemory(
                frozen(run, sharding)
                        + cluster.lanes() * (run.lora().isPresent() ? 0 : kept.castWeights(run.bytesPerElement())),
                stage.splits(ZeroStage.PARAMETERS) ? shard + Float.BYTES * gathered(sharding, true) : whole,
                stage.splits(ZeroStage.GRADIENTS) ? shard + cluster.lanes() * ring(sharding) : cluster.lanes() * whole,
                2 * (stage.splits(ZeroStage.MOMENTS) ? shard : whole),
                (long) Math.ceil(run.largestPass(sharding.ranks()) * kept.perToken()),
                2L * cluster.lanes() * run.tiles().bytes(run.config().vocabSize()));
    }

    private static long frozen(PlannedRun run, Sharding sharding) {
        var units = sharding.units();
        if (!sharding.stage().splits(ZeroStage.PARAMETERS)) {
            return run.bytesPerElement()
                    * units.stream().mapToLong(ParameterUnit::frozen).sum();
        }
        var shards = units.stream().mapToLong(u -> sharding.shard(u.frozen())).sum();
        return run.bytesPerElement() * (shards + gathered(sharding, false));
    }

    /** Elements of the slots that units are gathered in: embedding and head have their own, blocks take turns. */
    private static long gathered(Sharding sharding, boolean trained) {
        var elements = 0L;
        var largestBlock = 0L;
        var blocks = 0;
        for (var unit : sharding.units()) {
            var padded = sharding.padded(trained ? unit.trained() : unit.frozen());
            if (unit.kind() == ParameterUnit.Kind.BLOCK) {
                largestBlock = Math.max(largestBlock, padded);
                blocks++;
            } else {
                elements += padded;
            }
        }
        return elements + Math.min(PARAMETER_SLOTS, blocks) * largestBlock;
    }

    /** Bytes of a lane's gradients while they are on their way. */
    private static long ring(Sharding sharding) {
        var buckets = sharding.buckets().stream()
                .mapToLong(Sharding::trained)
                .filter(elements -> elements > 0)
                .map(sharding::padded)
                .toArray();
        var largest = Arrays.stream(buckets).max().orElse(0);
        return Float.BYTES * Math.min(GRADIENT_SLOTS, buckets.length) * largest;
    }

    /** All parts together, bytes. */
    public long total() {
        return frozen + parameters + gradients + moments + activations + head;
    }
}
