package dev.tandem.model;

import dev.tandem.tensor.PackedMatrix;
import dev.tandem.tensor.Team;
import dev.tandem.tensor.TensorOwner;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A linear module, {@code y = x·Wᵀ + b}, with an adapter that can be switched on and off. */
final class Linear {
    private final LinearSpec spec;
    private final Weights weights;
    private Optional<LoraWeights> lora = Optional.empty();
    private Optional<PackedMatrix> packed = Optional.empty();

    Linear(LinearSpec spec, Weights weights) {
        this.spec = spec;
        this.weights = weights;
    }

    LinearSpec spec() {
        return spec;
    }

    String weight() {
        return spec.name() + ".weight";
    }

    Optional<String> bias() {
        return spec.bias() ? Optional.of(spec.name() + ".bias") : Optional.empty();
    }

    /** The adapter's weights that are switched on. */
    Optional<LoraWeights> lora() {
        return lora;
    }

    void lora(Optional<LoraWeights> weightsOrNone) {
        this.lora = weightsOrNone;
    }

    /** Multiplies with a packed copy of the weights from now on, for passes without a gradient. */
    void pack(Team team, TensorOwner owner) {
        packed = Optional.of(weights.packed(List.of(this), team, owner));
    }

    /**
     * @param x {@code [tokens, in]}
     * @param dropout of this pass
     * @return {@code [tokens, out]}
     */
    Tensor apply(Tensor x, Dropout dropout) {
        var input = weights.toProducts(x);
        var product = packed.map(matrix -> matrix.product(input))
                .orElseGet(() -> weights.product(input, weights.factor(weight()), bias().map(weights::factor)));
        var y = lora.map(l -> Weights.addProduct(
                        product, lowRank(weights, l, input, dropout), weights.factor(l.b()), l.scale()))
                .orElse(product);
        return weights.fromProducts(y);
    }

    /**
     * The exact GELU of the output, at once: where weights are packed, nothing is added to their product, and no rounding to the
     * dtype of activations comes between.
     *
     * @param x {@code [tokens, in]}
     * @return absent where that cannot be done
     */
    Optional<Tensor> gelu(Tensor x) {
        return packed.filter(matrix -> lora.isEmpty() && weights.type().intern() == ScalarType.Float)
                .map(matrix -> matrix.gelu(x));
    }

    /** A·x as an adapter sees x, {@code [tokens, rank]}. */
    static Tensor lowRank(Weights weights, LoraWeights l, Tensor input, Dropout dropout) {
        return weights.product(dropout.apply(input, l.dropout()), weights.factor(l.a()), Optional.empty());
    }
}
