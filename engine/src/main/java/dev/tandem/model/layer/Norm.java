package dev.tandem.model.layer;

import dev.tandem.model.config.NormSpec;
import dev.tandem.model.config.NormSpec.Kind;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A norm over the last dimension of its input. */
public record Norm(NormSpec spec, ParameterStore weights) {

    /** @param x {@code [.., width]} @return the same shape and dtype */
    public Tensor apply(Tensor x) {
        var width = new long[] {spec.width()};
        var weight = spec.module() + ".weight";
        if (spec.kind() == Kind.LAYER_NORM) {
            var bias = weights.optional(spec.module() + ".bias");
            return torch.layer_norm(x, width, weights.optional(weight), bias, spec.eps(), true);
        }
        var eps = new DoubleOptional(spec.eps());
        if (spec.offset() == 0) {
            return torch.rms_norm(x, width, weights.optional(weight), eps);
        }
        // in float32, as transformers does: offset + w would lose most of a small w in bfloat16
        var factor = ParameterStore.cast(weights.get(weight), ScalarType.Float).add(new Scalar(spec.offset()));
        var result = torch.rms_norm(ParameterStore.cast(x, ScalarType.Float), width, new TensorOptional(factor), eps);
        return ParameterStore.cast(result, x.scalar_type());
    }
}
