package dev.tandem.tensor;

import org.bytedeco.pytorch.Tensor;

/** Parameters of a model of which a rank keeps a shard; a unit's are all-gathered when it is computed. */
public interface SplitParameters {
    /** Whether a unit has any. */
    boolean has(int unit);

    /** This rank's shard of a unit, {@code [n]}. */
    Tensor share(int unit);

    /** Bytes that this rank keeps: its shards, and the buffers that units use in rotation. */
    long bytes();

    /**
     * The buffer in which the shards of all ranks are gathered, {@code [ranks · n]}; other units use it in rotation.
     */
    Tensor whole(int unit);
}
