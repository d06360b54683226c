package dev.tandem.tensor.flat;

import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;

/**
 * Buffers of all buckets: one, in which they are stored end to end, or a few that buckets use in rotation. The latter
 * are tensors of their own: to autograd, a change in one must not appear as a change in the others.
 *
 * @param stores the buffers, float32
 * @param buckets a view for each bucket
 */
record FlatBuffers(List<Tensor> stores, List<Tensor> buckets) {

    /** Buffers of zeros. @param ring absent: every bucket has its own place */
    static FlatBuffers of(FlatLayout layout, Optional<BufferRing> ring, Device device, TensorOwner owner) {
        return ring.map(r -> inTurns(layout, r, device, owner)).orElseGet(() -> endToEnd(layout, device, owner));
    }

    private static FlatBuffers endToEnd(FlatLayout layout, Device device, TensorOwner owner) {
        var all = owner.own(Tensors.zeros(device, layout.elements()));
        var buckets = layout.buckets().stream()
                .map(b -> owner.own(all.narrow(0, b.offset(), b.elements())))
                .toList();
        return new FlatBuffers(List.of(all), buckets);
    }

    private static FlatBuffers inTurns(FlatLayout layout, BufferRing ring, Device device, TensorOwner owner) {
        var stores = new ArrayList<Tensor>();
        for (var size : layout.ringSizes(ring)) {
            stores.add(owner.own(Tensors.zeros(device, size)));
        }
        var buckets = new ArrayList<Tensor>();
        for (var b = 0; b < layout.buckets().size(); b++) {
            buckets.add(owner.own(stores.get(layout.slot(b, ring))
                    .narrow(0, 0, layout.buckets().get(b).elements())));
        }
        return new FlatBuffers(stores, buckets);
    }

    /** All buckets end to end. */
    Tensor all() {
        if (stores.size() != 1) {
            throw new IllegalStateException("buckets rotate through buffers: they are never all in memory");
        }
        return stores.get(0);
    }

    Tensor of(int bucket) {
        return buckets.get(bucket);
    }

    void zero() {
        stores.forEach(Tensor::zero_);
    }

    long bytes() {
        return stores.stream().mapToLong(Tensor::nbytes).sum();
    }
}
