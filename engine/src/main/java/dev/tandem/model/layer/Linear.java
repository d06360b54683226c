package dev.tandem.model.layer;

import dev.tandem.model.config.LinearSpec;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.parallel.IntraOpPool;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A linear module, {@code y = x·Wᵀ + b}, with an adapter that can be switched on and off. */
public final class Linear {
    private final LinearSpec spec;
    private final ParameterStore weights;
    private Affine affine;
    private Optional<LoraWeights> lora = Optional.empty();

    Linear(LinearSpec spec, ParameterStore weights) {
        this.spec = spec;
        this.weights = weights;
        this.affine = Affine.of(spec, weights);
    }

    public LinearSpec spec() {
        return spec;
    }

    /** The map without an adapter. */
    Affine affine() {
        return affine;
    }

    /** The adapter's weights that are in use. */
    Optional<LoraWeights> lora() {
        return lora;
    }

    public void lora(Optional<LoraWeights> weightsOrNone) {
        this.lora = weightsOrNone;
    }

    /** Uses a packed copy of the weights from now on, for passes without a gradient. */
    void pack(IntraOpPool team, TensorOwner owner) {
        affine = affine.packed(team, owner);
    }

    /**
     * @param x {@code [tokens, in]}
     * @param dropout dropout of this pass
     * @return {@code [tokens, out]}
     */
    public Tensor apply(Tensor x, Dropout dropout) {
        var input = weights.toProducts(x);
        var product = affine.product(input);
        lora.ifPresent(l -> addAdapter(product, lowRank(weights, l, input, dropout), weights.factor(l.b()), l.scale()));
        return weights.fromProducts(product);
    }

    /**
     * The exact GELU of the output in a single operation. This is possible if weights are packed, nothing is added to
     * their product, and the product is not rounded to the dtype of activations first.
     *
     * @param x {@code [tokens, in]}
     * @return absent if that is not possible
     */
    Optional<Tensor> gelu(Tensor x) {
        return lora.isEmpty() && weights.type().intern() == ScalarType.Float ? affine.gelu(x) : Optional.empty();
    }

    /** A·x as an adapter sees x, {@code [tokens, rank]}. */
    static Tensor lowRank(ParameterStore weights, LoraWeights l, Tensor input, Dropout dropout) {
        return torch.linear(dropout.apply(input, l.dropout()), weights.factor(l.a()));
    }

    /**
     * Adds {@code scale·lowRank·Bᵀ} to a product, in place, so nothing else may hold the product.
     *
     * @param product {@code [tokens, out]}, in the dtype of products
     * @param lowRank {@code [tokens, rank]}, in the dtype of products
     * @param b a factor, {@code [out, rank]}
     */
    static void addAdapter(Tensor product, Tensor lowRank, Tensor b, double scale) {
        product.addmm_(lowRank, b.t(), new Scalar(1.0), new Scalar(scale));
    }
}
