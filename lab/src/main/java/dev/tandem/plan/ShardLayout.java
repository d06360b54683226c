package dev.tandem.plan;

import dev.tandem.recipe.ZeroStage;
import dev.tandem.tensor.flat.BufferRing;
import dev.tandem.tensor.flat.FlatLayout;
import dev.tandem.tensor.flat.ShardedParameters;
import dev.tandem.train.zero.UnitSchedule;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** How a model's units are partitioned among ranks, as the engine lays them out. */
final class ShardLayout {
    private final ZeroStage stage;
    private final int ranks;
    private final List<ParameterUnit> units;
    private final BufferRing ring;
    private final BufferRing gradientRing;
    private final FlatLayout layout;

    /**
     * @param ranks number of ranks that share
     * @param units embedding, blocks and, unless it is the embedding, the head
     * @param blocks how many of the units are blocks
     */
    ShardLayout(ZeroStage stage, int ranks, List<ParameterUnit> units, int blocks) {
        this.stage = stage;
        this.ranks = ranks;
        this.units = List.copyOf(units);
        this.ring = BufferRing.ofParameters(blocks);
        this.gradientRing = BufferRing.ofGradients(blocks);
        var shapes = IntStream.range(0, units.size())
                .mapToObj(i -> Map.of("unit " + i, new long[] {units.get(i).trained()}))
                .toList();
        this.layout = FlatLayout.of(shapes, ring, name -> true, ranks, stage.splits(ZeroStage.PARAMETERS));
    }

    static long ceilDiv(long count, long parts) {
        return (count + parts - 1) / parts;
    }

    ZeroStage stage() {
        return stage;
    }

    int ranks() {
        return ranks;
    }

    /** The layout of trained parameters. */
    FlatLayout layout() {
        return layout;
    }

    /** The buffers that units rotate through. */
    BufferRing ring() {
        return ring;
    }

    /** The unit of the output head. */
    int head() {
        return units.size() - 1 > ring.blocks() ? units.size() - 1 : 0;
    }

    /** The schedule of exchanges at the beginning of a run. */
    UnitSchedule schedule() {
        return new UnitSchedule(
                layout,
                ring,
                stage.splits(ZeroStage.PARAMETERS),
                stage.splits(ZeroStage.GRADIENTS),
                unit -> frozenWhole(unit) > 0);
    }

    /** Trained elements, padding included. */
    long elements() {
        return layout.elements();
    }

    /** Trained elements that a rank owns. */
    long share() {
        return layout.elements() / ranks;
    }

    /** Elements of the buffers that trained units are gathered in. */
    long valueBuffers() {
        return LongStream.of(layout.ringSizes(ring)).sum();
    }

    /** Elements of the buffers that hold a thread's gradients until they are summed. */
    long gradientBuffers() {
        return LongStream.of(layout.ringSizes(gradientRing)).sum();
    }

    /**
     * Bytes of frozen parameters on a rank.
     *
     * @param bytesPerElement where they are not split
     */
    long frozenBytes(int bytesPerElement) {
        if (!stage.splits(ZeroStage.PARAMETERS)) {
            return bytesPerElement
                    * units.stream().mapToLong(ParameterUnit::frozen).sum();
        }
        var buffers = new long[ring.slots()];
        var shares = 0L;
        for (var i = 0; i < units.size(); i++) {
            var whole = frozenWhole(i);
            shares += whole / ranks;
            buffers[ring.slot(i)] = Math.max(buffers[ring.slot(i)], whole);
        }
        return shares + LongStream.of(buffers).sum();
    }

    private long frozenWhole(int unit) {
        return ShardedParameters.roundedUp(units.get(unit).frozenBytes(), ShardedParameters.ALIGNMENT * ranks);
    }

    /** Bytes a rank sends so that all have a unit's frozen parameters. */
    double frozenSent(int unit) {
        return othersShare(frozenWhole(unit));
    }

    /** Bytes a rank sends so that all have a unit's trained parameters, at stage 3. */
    double trainedSent(int unit) {
        return bucketSent(layout.bucketOf(unit));
    }

    /** Bytes a rank sends so that all have a bucket's values, or each has its share of the sum of a bucket's gradients. */
    double bucketSent(int bucket) {
        return Float.BYTES * othersShare(layout.buckets().get(bucket).elements());
    }

    /** The bytes that every rank sends in a ring. */
    private double othersShare(long whole) {
        return (double) whole / ranks * (ranks - 1);
    }
}
