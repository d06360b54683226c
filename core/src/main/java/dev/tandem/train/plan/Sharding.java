package dev.tandem.train.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * How parameters are parted among ranks. Units are merged to buckets, a bucket is padded to a multiple of the ranks, and
 * each rank owns an equal chunk of it.
 *
 * @param stage what is split
 * @param ranks how many share it
 * @param units of the model, in the order of the forward pass
 * @param bytesPerWeight of frozen weights
 */
record Sharding(ZeroStage stage, int ranks, List<ParameterUnit> units, int bytesPerWeight) {
    /** Buckets smaller than this are merged: many small messages cost more than one large. */
    private static final long LEAST_BUCKET_BYTES = 25L << 20;

    static long ceilDiv(long count, long parts) {
        return (count + parts - 1) / parts;
    }

    /**
     * Units that are reduced together, in the order of the backward pass, so that a bucket is complete as early as can be.
     * Units without a trained parameter are in the bucket of the next that has one.
     */
    List<List<ParameterUnit>> buckets() {
        var backward = new ArrayList<>(units);
        Collections.reverse(backward);
        var buckets = new ArrayList<List<ParameterUnit>>();
        var bucket = new ArrayList<ParameterUnit>();
        for (var unit : backward) {
            bucket.add(unit);
            if (stage == ZeroStage.PARAMETERS || Float.BYTES * trained(bucket) >= LEAST_BUCKET_BYTES) {
                buckets.add(bucket);
                bucket = new ArrayList<>();
            }
        }
        if (!bucket.isEmpty()) {
            buckets.add(bucket);
        }
        return buckets;
    }

    static long trained(List<ParameterUnit> bucket) {
        return bucket.stream().mapToLong(ParameterUnit::trained).sum();
    }

    /** Elements of a bucket that a rank owns. */
    long shard(long elements) {
        return ceilDiv(elements, ranks);
    }

    /** Elements of a bucket with its padding. */
    long padded(long elements) {
        return shard(elements) * ranks;
    }

    /** Elements of all trained parameters that a rank owns. */
    long trainedShards() {
        return buckets().stream().mapToLong(b -> shard(trained(b))).sum();
    }

    /** Elements of all trained parameters, padding included. */
    long paddedTrained() {
        return trainedShards() * ranks;
    }

    /** Bytes a rank sends so that a bucket's gradient is summed: all-reduced, or reduced to those who own it. */
    double reduceBytes(List<ParameterUnit> bucket) {
        return stage == ZeroStage.NOTHING
                ? 2 * Float.BYTES * othersShare(trained(bucket))
                : Float.BYTES * othersShare(padded(trained(bucket)));
    }

    /** Messages of that. */
    long reduceMessages(List<ParameterUnit> bucket) {
        return trained(bucket) == 0 ? 0 : (stage == ZeroStage.NOTHING ? 2L : 1L) * (ranks - 1);
    }

    /** Bytes a rank sends so that all have a bucket's trained parameters. */
    double updateBytes(List<ParameterUnit> bucket) {
        return Float.BYTES * othersShare(padded(trained(bucket)));
    }

    /** Bytes a rank sends so that all have a unit, its frozen parameters included. */
    double gatherBytes(ParameterUnit unit) {
        return Float.BYTES * othersShare(padded(unit.trained())) + bytesPerWeight * othersShare(padded(unit.frozen()));
    }

    /** Messages of that. */
    long gatherMessages(ParameterUnit unit) {
        return (unit.trained() == 0 ? 0L : ranks - 1) + (unit.frozen() == 0 ? 0L : ranks - 1);
    }

    /** What a ring makes every rank send of so many elements. */
    private double othersShare(long elements) {
        return (double) elements * (ranks - 1) / ranks;
    }
}
