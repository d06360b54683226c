package dev.tandem.model.batch;

import dev.tandem.tensor.Tensors;
import java.util.ArrayList;
import java.util.OptionalDouble;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A slow implementation of a kernel for variable lengths, directly from its interface, for any device and dtype. */
public final class SpanBySpan implements VariableLengthKernel {
    @Override
    public boolean fits(int headDim) {
        return true;
    }

    @Override
    public Tensor attend(Tensor query, Tensor key, Tensor value, Ragged spans, OptionalDouble scale) {
        var queryStarts = starts(spans.queryStarts());
        var keyStarts = starts(spans.keyStarts());
        var repeats = query.size(1) / key.size(1);
        var results = new ArrayList<Tensor>();
        for (var i = 0; i + 1 < queryStarts.length; i++) {
            var q = rows(query, queryStarts, i);
            var k = rows(key, keyStarts, i).repeat_interleave(repeats, new LongOptional(0), new LongOptional());
            var v = rows(value, keyStarts, i).repeat_interleave(repeats, new LongOptional(0), new LongOptional());
            var scores = q.matmul(k.transpose(1, 2)).mul(new Scalar(scale.orElse(1 / Math.sqrt(query.size(2)))));
            var hidden = hidden(q.size(1), k.size(1), spans.window(), query.device());
            var mixed = scores.masked_fill(hidden, new Scalar(Float.NEGATIVE_INFINITY))
                    .softmax(-1)
                    .matmul(v);
            results.add(mixed.transpose(0, 1));
        }
        return Tensors.cat(0, results.toArray(Tensor[]::new));
    }

    /** Rows of one span, {@code [heads, length, headDim]}. */
    private static Tensor rows(Tensor all, int[] starts, int i) {
        return all.narrow(0, starts[i], starts[i + 1] - starts[i]).transpose(0, 1);
    }

    private static Tensor hidden(long queries, long keys, long window, Device device) {
        var long64 = Tensors.options(ScalarType.Long, device);
        // the last query has the position of the last key
        var at = torch.arange(new Scalar(keys - queries), new Scalar(keys), long64)
                .unsqueeze(1);
        var distance =
                at.sub(torch.arange(new Scalar(0L), new Scalar(keys), long64).unsqueeze(0));
        var ahead = distance.lt(new Scalar(0));
        return window == 0 ? ahead : ahead.logical_or(distance.ge(new Scalar(window)));
    }

    private static int[] starts(Tensor tensor) {
        var floats = Tensors.toFloats(tensor.to(ScalarType.Float));
        var result = new int[floats.length];
        for (var i = 0; i < result.length; i++) {
            result[i] = (int) floats[i];
        }
        return result;
    }
}
