package dev.tandem.tensor;

import org.bytedeco.pytorch.Tensor;

/**
 * What of training ranks split among them, as the stages of ZeRO do (Rajbhandari et al., 2020, arXiv 1910.02054). Where
 * the gradients are split the optimizer is too, and where the parameters are split both are.
 *
 * @param rank this one
 * @param ranks in all
 * @param optimizer whether a rank keeps the moments of its share alone, and updates only that
 * @param gradients whether a rank keeps the gradient of its share alone
 * @param parameters whether a rank keeps its share of the parameters alone
 */
public record Split(int rank, int ranks, boolean optimizer, boolean gradients, boolean parameters) {
    /** @throws IllegalArgumentException if no stage splits so */
    public Split {
        if ((parameters && !gradients) || (gradients && !optimizer)) {
            throw new IllegalArgumentException(
                    "no stage of ZeRO splits the parameters without the gradients, or these without the optimizer");
        }
    }

    /** The split of a process that trains alone: nothing is partitioned. */
    public static Split none() {
        return new Split(0, 1, false, false, false);
    }

    /** The shard that this rank owns, of elements partitioned evenly. */
    Tensor share(Tensor whole) {
        var count = whole.numel() / ranks;
        return whole.narrow(0, rank * count, count);
    }
}
