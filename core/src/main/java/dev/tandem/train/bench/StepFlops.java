package dev.tandem.train.bench;

import dev.tandem.model.LinearSpec;
import dev.tandem.model.LoraConfig;
import dev.tandem.model.ModelConfig;
import dev.tandem.model.PackedSequences;
import dev.tandem.model.ParameterLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Counts the floating-point operations a training step cannot do without (one multiply-add is two). With N tokens read,
 * M of them predicting a trained token, and a linear module of {@code in × out}:
 *
 * <ul>
 *   <li>forward 2·N·in·out; gradient of its input 2·N·in·out; gradient of its weights 2·N·in·out if they are trained;
 *   <li>an adapter of rank r on it: 2·N·r·(in + out) forward, twice that backward;
 *   <li>nothing before the first trained parameter has a gradient: with an adapter on the query, key and value
 *       projections, the first block's do not pass one to their input, nor does the first block's MLP have one where
 *       attention and MLP are parallel;
 *   <li>attention, for every query and key it sees: 4·width forward, twice that backward; that is 2·L·(L+1)·width for a
 *       sequence of L tokens;
 *   <li>head: 2·M·hidden·vocabulary forward and again for the gradient of the hidden states, and once more if the head
 *       is trained.
 * </ul>
 *
 * Norms, activations, softmax and optimizer are left out: they are memory traffic.
 */
final class StepFlops {
    private final ModelConfig config;
    private final ParameterLayout layout;
    private final int rank;
    private final Set<String> adapted = new HashSet<>();

    /** @param rank of the adapter on {@code targets}; 0: all parameters are trained */
    StepFlops(ModelConfig config, int rank, List<String> targets) {
        this.config = config;
        this.layout = ParameterLayout.of(config);
        this.rank = rank;
        if (rank > 0) {
            new LoraConfig(rank, rank, 0, targets, false).modules(layout).forEach(module -> adapted.add(module.name()));
        }
    }

    /**
     * A matrix product of the step.
     *
     * @param rows tokens it is done for
     * @param in inner dimension of the forward product
     * @param out outer dimension of the forward product
     * @param inputGradient whether the gradient of the input is computed
     * @param weightGradient whether the gradient of the weights is computed
     */
    record Product(int rows, int in, int out, boolean inputGradient, boolean weightGradient) {
        double flops() {
            return 2.0 * rows * in * out * (1 + (inputGradient ? 1 : 0) + (weightGradient ? 1 : 0));
        }
    }

    /** The products of the model's own matrices in one step. */
    List<Product> products(int tokens, int trainedTokens) {
        var result = new ArrayList<Product>();
        for (var linear : layout.linears()) {
            result.add(new Product(tokens, linear.in(), linear.out(), hasInputGradient(linear), rank == 0));
        }
        result.add(new Product(trainedTokens, config.hiddenSize(), config.vocabSize(), true, rank == 0));
        return result;
    }

    /** Floating-point operations of one step on a batch as it is laid out: a shared prompt counts once. */
    double step(PackedSequences batch) {
        var tokens = batch.tokens();
        var sum = products(tokens, batch.targets().length).stream()
                .mapToDouble(Product::flops)
                .sum();
        for (var linear : layout.linears()) {
            if (adapted.contains(linear.name())) {
                sum += 3 * 2.0 * tokens * rank * (linear.in() + linear.out());
            }
        }
        return sum + 3 * 4.0 * queriesWithKeys(batch) * config.queryWidth() * config.layers();
    }

    private static double queriesWithKeys(PackedSequences batch) {
        return batch.spans().stream()
                .mapToDouble(s -> s.length() * (s.prefix() + (s.length() + 1) / 2.0))
                .sum();
    }

    private boolean hasInputGradient(LinearSpec linear) {
        if (rank == 0 || !linear.name().contains(".layers.0.")) {
            return true;
        }
        var projection = adapted.contains(linear.name());
        var mlp = linear.name().contains(".mlp.");
        return !projection && !(mlp && config.parallelResidual());
    }
}
