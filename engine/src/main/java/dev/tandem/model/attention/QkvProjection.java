package dev.tandem.model.attention;

import dev.tandem.model.config.AttentionSpec;
import dev.tandem.model.config.QkvSpec;
import dev.tandem.model.layer.Dropout;
import dev.tandem.model.layer.LinearGroup;
import dev.tandem.model.layer.LinearModules;
import dev.tandem.model.layer.Norm;
import dev.tandem.model.layer.ParameterStore;
import dev.tandem.tensor.Tensors;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Projects the residual stream to query, key and value heads. */
public final class QkvProjection {
    private final AttentionSpec spec;
    private final LinearGroup projections;
    private final Optional<Norm> queryNorm;
    private final Optional<Norm> keyNorm;

    QkvProjection(AttentionSpec spec, LinearModules linears, ParameterStore weights) {
        this.spec = spec;
        this.projections = linears.group(spec.qkv().linears());
        this.queryNorm = spec.queryNorm().map(norm -> new Norm(norm, weights));
        this.keyNorm = spec.keyNorm().map(norm -> new Norm(norm, weights));
    }

    /**
     * Query {@code [tokens, heads, headDim]}, key and value {@code [tokens, kvHeads, headDim]}, query and key rotated.
     * They are in float32 regardless of the weights' dtype, because libtorch's bfloat16 attention is an order of
     * magnitude slower on CPUs.
     */
    public record Qkv(Tensor query, Tensor key, Tensor value) {}

    /** @param x {@code [tokens, hidden]} */
    Qkv apply(Tensor x, Rotation rope, Dropout dropout) {
        var projected = projections.apply(x, dropout);
        if (spec.qkv() instanceof QkvSpec.Separate) {
            return rotated(projected, rope);
        }
        var parts = split(projected.get(0));
        // a copy: a view would keep query and key as they were before rotation until the backward pass
        return rotated(List.of(parts.get(0), parts.get(1), toFloat(parts.get(2)).contiguous()), rope);
    }

    private List<Tensor> split(Tensor all) {
        if (spec.qkv() instanceof QkvSpec.ByHead) {
            var dim = spec.headDim();
            return Tensors.split(all.view(all.size(0), spec.heads(), 3L * dim), 2, dim, dim, dim);
        }
        return Tensors.split(all, 1, spec.queryWidth(), spec.keyValueWidth(), spec.keyValueWidth());
    }

    /** @param parts query, key and value, {@code [tokens, width]} or {@code [tokens, heads, headDim]} each */
    private Qkv rotated(List<Tensor> parts, Rotation rope) {
        return new Qkv(
                rope.rotate(toFloat(heads(normed(queryNorm, parts.get(0))))),
                rope.rotate(toFloat(heads(normed(keyNorm, parts.get(1))))),
                toFloat(heads(parts.get(2))));
    }

    /** A norm is as wide as a head or as all of them together. */
    private static Tensor normed(Optional<Norm> norm, Tensor x) {
        return norm.map(n -> n.apply(x.view(x.size(0), -1, n.spec().width()))).orElse(x);
    }

    private Tensor heads(Tensor x) {
        return x.dim() == 3 && x.size(2) == spec.headDim() ? x : x.view(x.size(0), -1, spec.headDim());
    }

    private static Tensor toFloat(Tensor tensor) {
        return ParameterStore.cast(tensor, ScalarType.Float);
    }
}
