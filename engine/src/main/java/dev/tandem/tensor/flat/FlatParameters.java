package dev.tandem.tensor.flat;

import dev.tandem.tensor.TensorOwner;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * Trainable parameters in flat float32 buffers, with their gradients in other buffers. The model sees leaves that are
 * views of the former and accumulate into views of the latter; the optimizer and the gradient norm see flat tensors.
 *
 * <p>Parameters that weight decay applies to come first in each bucket, so that each kind is one contiguous range. A
 * rank keeps only its shard of what the ranks partition; the leaves are then views of buffers that buckets use in
 * rotation.
 */
public final class FlatParameters implements ShardedParameters, AutoCloseable {
    private final TensorOwner owner = new TensorOwner();
    private final Device device;
    private final FlatLayout layout;
    private final ShardSpec split;
    private final FlatBuffers values;

    /** This rank's shard of the values, if it keeps no more; otherwise empty. */
    private final Optional<FlatShard> shard;

    /** This rank's shard of the gradient, if it keeps no more; otherwise empty. */
    private final Optional<FlatShard> gradientShare;

    private final BufferRing ring;
    private final FlatLeaves main;
    private final List<FlatLeaves> others = new ArrayList<>();

    private FlatParameters(
            FlatLayout layout, BufferRing ring, ShardSpec split, Device device, Function<String, Tensor> initial) {
        this.layout = layout;
        this.split = split;
        this.device = device;
        this.ring = ring;
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            this.values =
                    FlatBuffers.of(layout, split.parameters() ? Optional.of(ring) : Optional.empty(), device, owner);
            this.shard = split.parameters() ? Optional.of(FlatShard.of(layout, device, owner)) : Optional.empty();
            this.gradientShare =
                    split.gradients() ? Optional.of(FlatShard.of(layout, device, owner)) : Optional.empty();
            fill(initial);
            this.main = newLeaves();
        }
    }

    private FlatLeaves newLeaves() {
        var turns =
                split.gradients() ? Optional.of(BufferRing.ofGradients(ring.blocks())) : Optional.<BufferRing>empty();
        return new FlatLeaves(layout, values, FlatBuffers.of(layout, turns, device, owner), owner);
    }

    /** Fills bucket by bucket: there may be memory for only one at a time. */
    private void fill(Function<String, Tensor> initial) {
        for (var b = 0; b < layout.buckets().size(); b++) {
            var bucket = values.of(b);
            for (var parameter : layout.buckets().get(b).parameters()) {
                try (var scope = new PointerScope()) {
                    var from = initial.apply(parameter.name());
                    bucket.narrow(0, parameter.offset(), parameter.elements())
                            .copy_(from.reshape(parameter.elements()));
                }
            }
            if (shard.isPresent()) {
                shard.get().of(b).copy_(split.share(bucket));
            }
        }
    }

    /**
     * Copies parameters into flat buffers, for one process.
     *
     * @param initial values by name, of any float dtype
     * @param decays tells which of them weight decay applies to
     * @param device device of the buffers
     */
    public static FlatParameters of(Map<String, Tensor> initial, Predicate<String> decays, Device device) {
        var shapes = new LinkedHashMap<String, long[]>();
        initial.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        return of(
                FlatLayout.whole(shapes, decays),
                new BufferRing(0, 1),
                ShardSpec.none(),
                device,
                name -> get(initial, name));
    }

    /**
     * Copies parameters into flat buffers.
     *
     * @param layout layout of the buffers
     * @param ring which buffers buckets use in rotation, where they are partitioned; its units are the layout's
     * @param split the data of which this rank keeps only a shard
     * @param device device of the buffers
     * @param initial supplies a parameter by name, of any float dtype
     */
    public static FlatParameters of(
            FlatLayout layout, BufferRing ring, ShardSpec split, Device device, Function<String, Tensor> initial) {
        return new FlatParameters(layout, ring, split, device, initial);
    }

    /** The layout of the buffers. */
    public FlatLayout layout() {
        return layout;
    }

    /** What ranks partition. */
    public ShardSpec split() {
        return split;
    }

    /** The parameters by name: float32 leaves that require a gradient. */
    public Map<String, Tensor> leaves() {
        return main.leaves();
    }

    /**
     * Creates other leaves over the same values, with a gradient buffer of their own: for a thread that computes part
     * of the gradient in parallel with others. {@link #reduceReplicas} adds it to the gradient.
     */
    public FlatLeaves otherLeaves() {
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            var leaves = newLeaves();
            others.add(leaves);
            return leaves;
        }
    }

    /** Adds the gradients of all other leaves to the gradient, in the order of their creation, and zeroes them. */
    public void reduceReplicas() {
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            for (var other : others) {
                if (other.used()) {
                    gradient().add_(other.gradients().all());
                    other.zero();
                }
            }
        }
    }

    /**
     * Does the same as {@link #reduceReplicas()} for one bucket.
     *
     * @param threads number of leaves that took part, the main ones included
     */
    public void reduceReplicas(int bucket, int threads) {
        for (var other : others.subList(0, Math.max(0, threads - 1))) {
            gradient(bucket).add_(other.gradients().of(bucket));
            other.gradients().of(bucket).zero_();
        }
    }

    /** The leaves whose gradient is {@link #gradient}. */
    public FlatLeaves mainLeaves() {
        return main;
    }

    /** All parameters, {@code [elements]}, float32. Not for ranks that partition them. */
    public Tensor values() {
        return values.all();
    }

    /** The values that this rank keeps: all of them, or its shard of all buckets, end to end. */
    public Tensor held() {
        return shard.map(FlatShard::all).orElseGet(values::all);
    }

    /** All gradients, {@code [elements]}, float32. Not for ranks that partition them. */
    public Tensor gradient() {
        return main.gradients().all();
    }

    /** The gradient of one parameter, a view of {@link #gradient}. */
    public Tensor gradient(String name) {
        return main.gradient(name);
    }

    /** The gradient of one bucket, {@code [elements]}, as this rank computes it. */
    public Tensor gradient(int bucket) {
        return main.gradients().of(bucket);
    }

    /** Number of trainable elements. */
    public long elements() {
        return layout.used();
    }

    /** Number of leading elements that weight decay applies to, for one process. */
    public long decayedElements() {
        return layout.buckets().get(0).decayed();
    }

    /** Sets all gradients to zero. */
    public void zeroGradient() {
        main.zero();
        gradientShare.ifPresent(g -> g.all().zero_());
    }

    /**
     * Adds a rank's shard of the sum of a bucket's gradient to the shard that it keeps, and frees the buffer for the
     * next bucket.
     */
    public void accumulateShard(int bucket, Tensor sum) {
        gradientShare.orElseThrow().of(bucket).add_(sum);
        gradient(bucket).zero_();
    }

    /**
     * A range that a rank updates, and its gradient.
     *
     * @param values {@code [count]}, float32
     * @param gradient {@code [count]}, float32
     * @param offset index of the first element in the rank's shard of all buckets
     * @param decays whether weight decay applies
     */
    public record Owned(Tensor values, Tensor gradient, long offset, boolean decays) {}

    /** The ranges that this rank updates, in order; views, to be used within the caller's scope. */
    public List<Owned> owned() {
        var result = new ArrayList<Owned>();
        var offset = 0L;
        for (var b = 0; b < layout.buckets().size(); b++) {
            var bucket = layout.buckets().get(b);
            var count = split.optimizer() ? bucket.elements() / split.ranks() : bucket.elements();
            var from = split.optimizer() ? split.rank() * count : 0;
            var decayed = Math.min(count, Math.max(0, bucket.decayed() - from));
            addOwned(result, b, 0, decayed, offset, true);
            addOwned(result, b, decayed, count - decayed, offset, false);
            offset += count;
        }
        return result;
    }

    private void addOwned(List<Owned> result, int bucket, long from, long count, long offset, boolean decays) {
        if (count > 0) {
            result.add(new Owned(
                    ownValues(bucket).narrow(0, from, count),
                    ownGradient(bucket).narrow(0, from, count),
                    offset + from,
                    decays));
        }
    }

    /** Number of elements that this rank updates. */
    public long ownedElements() {
        return split.optimizer() ? layout.elements() / split.ranks() : layout.elements();
    }

    /** The values of a bucket that this rank updates. */
    public Tensor ownValues(int bucket) {
        if (shard.isPresent()) {
            return shard.get().of(bucket);
        }
        return split.optimizer() ? split.share(values.of(bucket)) : values.of(bucket);
    }

    /** The gradient that it updates them by. */
    public Tensor ownGradient(int bucket) {
        if (gradientShare.isPresent()) {
            return gradientShare.get().of(bucket);
        }
        return split.optimizer() ? split.share(gradient(bucket)) : gradient(bucket);
    }

    /**
     * All values of a bucket. Where they are partitioned and were not gathered, this holds values that another bucket
     * left there.
     */
    public Tensor values(int bucket) {
        return values.of(bucket);
    }

    @Override
    public boolean has(int unit) {
        return layout.buckets().get(layout.bucketOf(unit)).elements() > 0;
    }

    @Override
    public Tensor shard(int unit) {
        return ownValues(layout.bucketOf(unit));
    }

    @Override
    public Tensor gathered(int unit) {
        return values.of(layout.bucketOf(unit));
    }

    /** Bytes of values and gradients that this rank keeps. */
    @Override
    public long bytes() {
        return values.bytes()
                + shard.map(FlatShard::bytes).orElse(0L)
                + gradientShare.map(FlatShard::bytes).orElse(0L)
                + main.gradients().bytes()
                + others.stream().mapToLong(o -> o.gradients().bytes()).sum();
    }

    @Override
    public void close() {
        owner.close();
    }

    static Tensor get(Map<String, Tensor> tensors, String name) {
        var tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("no trainable parameter " + name);
        }
        return tensor;
    }
}
