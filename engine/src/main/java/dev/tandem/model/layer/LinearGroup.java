package dev.tandem.model.layer;

import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.parallel.IntraOpPool;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Linear modules that read the same input. If their weights are adjacent in memory, they are multiplied as one matrix:
 * one product instead of several, and no sum of gradients of the input. Their adapters are then one adapter, with A
 * matrices stacked and B matrices along the diagonal.
 */
public final class LinearGroup {
    private final List<Linear> linears;
    private final ParameterStore weights;

    /** All modules as one; absent: each is computed separately. */
    private Optional<Affine> together;

    /** @param together all modules as one, if their weights are adjacent; absent: each is computed separately */
    LinearGroup(List<Linear> linears, ParameterStore weights, Optional<Affine> together) {
        this.linears = List.copyOf(linears);
        this.weights = weights;
        this.together = linears.size() > 1 ? together : Optional.empty();
    }

    /** Uses one packed copy of all weights from now on, for passes without a gradient. */
    void pack(IntraOpPool team, TensorOwner owner) {
        if (linears.size() > 1) {
            together = Affine.packed(linears.stream().map(Linear::affine).toList(), team, owner);
        }
        if (together.isEmpty()) {
            linears.forEach(linear -> linear.pack(team, owner));
        }
    }

    /** Its modules. */
    List<Linear> linears() {
        return linears;
    }

    /**
     * Computes the output of each module.
     *
     * @param x {@code [tokens, in]}
     * @param dropout dropout of this pass
     * @return {@code [tokens, out]} each, in the modules' order
     */
    public List<Tensor> apply(Tensor x, Dropout dropout) {
        if (together.isEmpty()) {
            return linears.stream().map(linear -> linear.apply(x, dropout)).toList();
        }
        var input = weights.toProducts(x);
        return outputs(together.get().product(input), input, dropout);
    }

    /** @param product product of all modules, which nothing else holds */
    private List<Tensor> outputs(Tensor product, Tensor input, Dropout dropout) {
        var widths = linears.stream().mapToLong(l -> l.spec().out()).toArray();
        var adapters = linears.stream().flatMap(l -> l.lora().stream()).toList();
        if (!adapters.isEmpty()) {
            // in place, as in a single module, so that adapters change no bit of the outputs that they do not touch
            Linear.addAdapter(
                    product,
                    lowRank(adapters, input, dropout),
                    expanding(input.device()),
                    adapters.get(0).scale());
        }
        return Tensors.split(weights.fromProducts(product), 1, widths);
    }

    /** A·x of every adapter, concatenated, {@code [tokens, Σ rank]}; one product unless each has its own dropout. */
    private Tensor lowRank(List<LoraWeights> adapters, Tensor input, Dropout dropout) {
        if (adapters.stream().allMatch(l -> l.dropout() == 0)) {
            var a = Tensors.cat(0, adapters.stream().map(LoraWeights::a).toArray(Tensor[]::new));
            return torch.linear(input, weights.factor(a));
        }
        return Tensors.cat(
                1,
                adapters.stream()
                        .map(l -> Linear.lowRank(weights, l, input, dropout))
                        .toArray(Tensor[]::new));
    }

    /** Every adapter's B, for its own outputs and its own columns of {@link #lowRank}, {@code [Σ out, Σ rank]}. */
    private Tensor expanding(Device device) {
        var blocks = linears.stream()
                .map(linear -> linear.lora()
                        .map(LoraWeights::b)
                        .orElseGet(() -> Tensors.zeros(device, linear.spec().out(), 0)))
                .toArray(Tensor[]::new);
        return weights.factor(torch.block_diag(new TensorVector(blocks)));
    }
}
