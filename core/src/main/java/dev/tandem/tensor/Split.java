package dev.tandem.tensor;

import org.bytedeco.pytorch.Tensor;

/**
 * What ranks partition among them: the stages of ZeRO (Rajbhandari et al., 2020, arXiv 1910.02054).
 *
 * @param rank number of this rank
 * @param ranks number of ranks
 * @param stage 0: nothing; 1: the optimizer's moments; 2: gradients too; 3: parameters too
 */
public record Split(int rank, int ranks, int stage) {
    /** The highest stage. */
    public static final int MOST = 3;

    /** The split of a process that trains alone: nothing is partitioned. */
    public static Split none() {
        return new Split(0, 1, 0);
    }

    /** Whether a rank updates only its shard. */
    public boolean optimizer() {
        return stage >= 1;
    }

    /** Whether a rank keeps only its shard of the gradient. */
    public boolean gradients() {
        return stage >= 2;
    }

    /** Whether a rank keeps only its shard of the parameters. */
    public boolean parameters() {
        return stage >= MOST;
    }

    /** The shard that this rank owns, of elements partitioned evenly. */
    Tensor share(Tensor whole) {
        var count = whole.numel() / ranks;
        return whole.narrow(0, rank * count, count);
    }
}
