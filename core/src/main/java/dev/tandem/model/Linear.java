package dev.tandem.model;

import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

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
        var bias = spec.bias() ? Optional.of(spec.name() + ".bias") : Optional.<String>empty();
        var y = weights.linear(x, spec.name() + ".weight", bias);
        return lora.map(l -> y.add(lowRank(l, x, dropout), new Scalar(l.scale())))
                .orElse(y);
    }

    private Tensor lowRank(LoraWeights lora, Tensor x, Dropout dropout) {
        return weights.linear(weights.linear(dropout.apply(x, lora.dropout()), lora.a()), lora.b());
    }
}
