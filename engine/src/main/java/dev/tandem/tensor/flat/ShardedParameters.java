package dev.tandem.tensor.flat;

import org.bytedeco.pytorch.Tensor;

/** Parameters of a model of which a rank keeps a shard; a unit's are all-gathered when it is computed. */
public interface ShardedParameters {
    /** Alignment of parts and parameters, bytes: a multiple of every dtype's size, and of a cache line. */
    long ALIGNMENT = 64;

    /** The next multiple of a number, or the value itself if it is one. */
    static long roundedUp(long value, long multiple) {
        return (value + multiple - 1) / multiple * multiple;
    }

    /** Whether a unit has parameters. */
    boolean has(int unit);

    /** This rank's shard of a unit, {@code [n]}. */
    Tensor shard(int unit);

    /** Bytes that this rank keeps: its shards, and the buffers that units use in rotation. */
    long bytes();

    /**
     * The buffer in which the shards of all ranks are gathered, {@code [ranks · n]}; other units use it in rotation.
     */
    Tensor gathered(int unit);
}
