package dev.tandem.tensor;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;

/**
 * A rank's shards of all buckets, end to end.
 *
 * @param all {@code [elements]}, float32
 * @param buckets a view for each bucket
 */
record FlatShare(Tensor all, List<Tensor> buckets) {

    /** Shards of zeros. */
    static FlatShare of(FlatLayout layout, Device device, TensorOwner owner) {
        var all = owner.own(Tensors.zeros(device, layout.elements() / layout.ranks()));
        var buckets = new ArrayList<Tensor>();
        var offset = 0L;
        for (var bucket : layout.buckets()) {
            var count = bucket.elements() / layout.ranks();
            buckets.add(owner.own(all.narrow(0, offset, count)));
            offset += count;
        }
        return new FlatShare(all, buckets);
    }

    Tensor of(int bucket) {
        return buckets.get(bucket);
    }

    long bytes() {
        return all.nbytes();
    }
}
