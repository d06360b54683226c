package dev.tandem.train.zero;

import dev.tandem.distributed.Collective;
import dev.tandem.tensor.LazyTensor;
import dev.tandem.tensor.flat.FlatLayout;
import dev.tandem.tensor.flat.FlatParameters;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** Trained parameters one after the other, complete even where ranks split them, for writing them to files. */
public final class GatheredParameters {
    private static final int NONE = -1;

    private final FlatParameters parameters;
    private final Collective ranks;
    private final Runnable changed;
    private int gathered = NONE;

    /** @param changed notified that parameters gathered before are not valid any more */
    public GatheredParameters(FlatParameters parameters, Collective ranks, Runnable changed) {
        this.parameters = parameters;
        this.ranks = ranks;
        this.changed = changed;
    }

    /** All parameters, in the order of the forward pass. Every rank must request them in this order. */
    public Map<String, LazyTensor> tensors() {
        var result = new LinkedHashMap<String, LazyTensor>();
        var buckets = parameters.layout().buckets();
        for (var b = 0; b < buckets.size(); b++) {
            for (var parameter : buckets.get(b).parameters()) {
                var bucket = b;
                result.put(parameter.name(), new LazyTensor(parameter.shape(), () -> value(bucket, parameter)));
            }
        }
        return result;
    }

    private Tensor value(int bucket, FlatLayout.Parameter parameter) {
        var view = parameters.values(bucket).narrow(0, parameter.offset(), parameter.elements());
        if (!parameters.split().parameters()) {
            return view.view(parameter.sizes());
        }
        if (gathered != bucket) {
            ranks.allGather(
                    parameters.shard(
                            parameters.layout().buckets().get(bucket).units().get(0)),
                    parameters.values(bucket));
            changed.run();
            gathered = bucket;
        }
        // the next bucket takes the same buffer
        return view.clone().view(parameter.sizes());
    }
}
