package dev.tandem.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;

/**
 * Buffers of all buckets: end to end, or in a few buffers that buckets take turns in.
 *
 * @param all everything as one, float32
 * @param buckets a view for each bucket
 */
record FlatBuffers(Tensor all, List<Tensor> buckets) {

    /** Zeros. @param ring absent: every bucket has a place of its own */
    static FlatBuffers of(FlatLayout layout, Optional<UnitRing> ring, Device device, TensorOwner owner) {
        return ring.map(r -> inTurns(layout, r, device, owner)).orElseGet(() -> endToEnd(layout, device, owner));
    }

    private static FlatBuffers endToEnd(FlatLayout layout, Device device, TensorOwner owner) {
        var all = owner.own(Tensors.zeros(device, layout.elements()));
        var buckets = layout.buckets().stream()
                .map(b -> owner.own(all.narrow(0, b.offset(), b.elements())))
                .toList();
        return new FlatBuffers(all, buckets);
    }

    private static FlatBuffers inTurns(FlatLayout layout, UnitRing ring, Device device, TensorOwner owner) {
        var sizes = new long[ring.slots()];
        for (var b = 0; b < layout.buckets().size(); b++) {
            var slot = layout.slot(b, ring);
            sizes[slot] = Math.max(sizes[slot], layout.buckets().get(b).elements());
        }
        var offsets = new long[sizes.length + 1];
        for (var s = 0; s < sizes.length; s++) {
            offsets[s + 1] = offsets[s] + sizes[s];
        }
        var all = owner.own(Tensors.zeros(device, offsets[sizes.length]));
        var buckets = new ArrayList<Tensor>();
        for (var b = 0; b < layout.buckets().size(); b++) {
            buckets.add(owner.own(all.narrow(
                    0, offsets[layout.slot(b, ring)], layout.buckets().get(b).elements())));
        }
        return new FlatBuffers(all, buckets);
    }

    Tensor of(int bucket) {
        return buckets.get(bucket);
    }

    long bytes() {
        return all.nbytes();
    }
}
