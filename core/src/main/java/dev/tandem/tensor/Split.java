package dev.tandem.tensor;

import org.bytedeco.pytorch.Tensor;

/**
 * What of training ranks split among them: the stages of ZeRO (Rajbhandari et al., 2020, arXiv 1910.02054).
 *
 * @param rank this one
 * @param ranks in all
 * @param stage 0: nothing; 1: the optimizer's moments; 2: gradients too; 3: parameters too
 */
public record Split(int rank, int ranks, int stage) {
    /** The highest stage. */
    public static final int MOST = 3;

    /** Of a process by itself. */
    public static Split none() {
        return new Split(0, 1, 0);
    }

    /** Whether a rank updates only its share. */
    public boolean optimizer() {
        return stage >= 1;
    }

    /** Whether a rank keeps the gradient of its share alone. */
    public boolean gradients() {
        return stage >= 2;
    }

    /** Whether a rank keeps its share of the parameters alone. */
    public boolean parameters() {
        return stage >= MOST;
    }

    /** The part of evenly parted elements that this rank owns. */
    Tensor share(Tensor whole) {
        var count = whole.numel() / ranks;
        return whole.narrow(0, rank * count, count);
    }
}
