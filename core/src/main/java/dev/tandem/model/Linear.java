package dev.tandem.model;

import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** A linear module, {@code y = x·Wᵀ + b}, with an adapter that can be switched on and off. */
final class Linear {
    private final LinearSpec spec;
    private final Weights weights;
    private Optional<LoraWeights> lora = Optional.empty();

    Linear(LinearSpec spec, Weights weights) {
        this.spec = spec;
        this.weights = weights;
    }

    LinearSpec spec() {
        return spec;
    }

    void lora(Optional<LoraWeights> weightsOrNone) {
        this.lora = weightsOrNone;
    }

    /**
     * @param x {@code [tokens, in]}
     * @param dropout of this pass
     * @return {@code [tokens, out]}
     */
    Tensor apply(Tensor x, Dropout dropout) {
        var w = weights.get(spec.name() + ".weight");
        var y = spec.bias() ? torch.linear(x, w, weights.optional(spec.name() + ".bias")) : torch.linear(x, w);
        return lora.map(l -> y.add(lowRank(l, x, dropout), new Scalar(l.scale())))
                .orElse(y);
    }

    private static Tensor lowRank(LoraWeights lora, Tensor x, Dropout dropout) {
        var input = dropout.apply(x, lora.dropout());
        // the adapter is kept in float32 and computed in the activations' dtype
        var type = x.scalar_type();
        return torch.linear(torch.linear(input, Weights.cast(lora.a(), type)), Weights.cast(lora.b(), type));
    }
}
