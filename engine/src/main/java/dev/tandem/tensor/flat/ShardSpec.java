package dev.tandem.tensor.flat;

import org.bytedeco.pytorch.Tensor;

/**
 * What ranks shard among themselves in training, as the stages of ZeRO do (Rajbhandari et al., 2020, arXiv 1910.02054).
 * If the gradients are sharded, so is the optimizer; if the parameters are sharded, so are both.
 *
 * @param rank number of this rank
 * @param ranks number of ranks
 * @param optimizer whether a rank keeps only the moments of its shard, and updates only that shard
 * @param gradients whether a rank keeps only the gradient of its shard
 * @param parameters whether a rank keeps only its shard of the parameters
 */
public record ShardSpec(int rank, int ranks, boolean optimizer, boolean gradients, boolean parameters) {
    /** @throws IllegalArgumentException if no stage shards in this way */
    public ShardSpec {
        if ((parameters && !gradients) || (gradients && !optimizer)) {
            throw new IllegalArgumentException(
                    "no stage of ZeRO shards the parameters without the gradients, or the gradients without the optimizer");
        }
    }

    /** The spec of a process that trains alone: nothing is sharded. */
    public static ShardSpec none() {
        return new ShardSpec(0, 1, false, false, false);
    }

    /** The shard that this rank owns, of elements partitioned evenly. */
    Tensor share(Tensor whole) {
        var count = whole.numel() / ranks;
        return whole.narrow(0, rank * count, count);
    }
}
