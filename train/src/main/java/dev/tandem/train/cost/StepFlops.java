package dev.tandem.train.cost;

import dev.tandem.model.batch.PackedSequences;
import dev.tandem.model.config.AttentionSpec;
import dev.tandem.model.config.FeedForwardSpec;
import dev.tandem.model.config.LinearSpec;
import dev.tandem.model.config.ModelSpec;
import dev.tandem.model.config.ParameterLayout;
import dev.tandem.model.lora.LoraConfig;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Counts the floating-point operations a training step cannot do without (one multiply-add is two). With N tokens read,
 * M of them predicting a trained token, and a linear module of {@code in × out}:
 *
 * <ul>
 *   <li>forward 2·N·in·out; gradient of its input 2·N·in·out; gradient of its weights 2·N·in·out if they are trained;
 *   <li>an adapter of rank r on it: 2·N·r·(in + out) forward, twice that backward;
 *   <li>nothing before the first trained parameter has a gradient: with an adapter, the first block's query, key and
 *       value projections do not pass one to their input, nor does the first block's feed-forward part where it is
 *       parallel to attention;
 *   <li>attention, for every query and key it sees: 4·width forward, twice that backward; that is 2·L·(L+1)·width for a
 *       sequence of L tokens;
 *   <li>head: 2·M·hidden·vocabulary forward and again for the gradient of the hidden states, and once more if the head
 *       is trained.
 * </ul>
 *
 * Norms, activations, softmax and optimizer are left out: they are memory traffic.
 */
public final class StepFlops {
    private final ModelSpec spec;
    private final ParameterLayout layout;
    private final int rank;
    private final Set<String> adapted = new HashSet<>();

    /** @param lora the adapter that is trained; absent: all parameters are */
    public StepFlops(ModelSpec spec, Optional<LoraConfig> lora) {
        this.spec = spec;
        this.layout = ParameterLayout.of(spec);
        this.rank = lora.map(LoraConfig::rank).orElse(0);
        lora.ifPresent(l -> l.modules(layout).forEach(module -> adapted.add(module.name())));
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
    public record Product(int rows, int in, int out, boolean inputGradient, boolean weightGradient) {
        double forward() {
            return 2.0 * rows * in * out;
        }

        double backward() {
            return forward() * ((inputGradient ? 1 : 0) + (weightGradient ? 1 : 0));
        }
    }

    /**
     * The quantities that the number of operations depends on.
     *
     * @param tokens read
     * @param trained of them predicting a trained token
     * @param pairs of a query and a key it sees
     */
    public record Counts(double tokens, double trained, double pairs) {
        /** The load of sequences of the same length whose tokens are all trained. */
        public static Counts of(double sequences, double length) {
            return new Counts(sequences * length, sequences * length, sequences * length * (length + 1) / 2);
        }

        private static Counts of(PackedSequences batch) {
            var pairs = batch.spans().stream()
                    .mapToDouble(s -> s.length() * (s.prefix() + (s.length() + 1) / 2.0))
                    .sum();
            return new Counts(batch.tokens(), batch.targets().length, pairs);
        }
    }

    /**
     * Operations by where they are done.
     *
     * @param blocksForward all blocks, forward
     * @param blocksBackward all blocks, backward; nothing computed again
     * @param headForward the output head's logits
     * @param headBackward its gradients
     */
    public record Parts(double blocksForward, double blocksBackward, double headForward, double headBackward) {
        /** The sum of all. */
        public double total() {
            return blocksForward + blocksBackward + headForward + headBackward;
        }
    }

    /** The products of the model's own matrices in one step. */
    public List<Product> products(int tokens, int trainedTokens) {
        var result = new ArrayList<>(new Blocks(tokens).products);
        result.add(headProduct(trainedTokens));
        return result;
    }

    /** Floating-point operations of one step on a batch as it is laid out: a shared prompt counts once. */
    public double step(PackedSequences batch) {
        return parts(Counts.of(batch)).total();
    }

    /** Floating-point operations of one step. */
    public Parts parts(Counts counts) {
        var blocks = new Blocks(1);
        var head = headProduct(1);
        var adapters = layout.linears().stream()
                .filter(linear -> adapted.contains(linear.name()))
                .mapToDouble(linear -> 2.0 * rank * (linear.in() + linear.out()))
                .sum();
        var forward = blocks.products.stream().mapToDouble(Product::forward).sum() + adapters;
        var backward = blocks.products.stream().mapToDouble(Product::backward).sum() + 2 * adapters;
        var attention = 4.0 * counts.pairs();
        return new Parts(
                counts.tokens() * forward + attention * blocks.attentionWidth,
                counts.tokens() * backward + 2 * attention * blocks.trainedAttentionWidth,
                counts.trained() * head.forward(),
                counts.trained() * head.backward());
    }

    private Product headProduct(int trainedTokens) {
        return new Product(trainedTokens, spec.hiddenSize(), spec.vocabSize(), true, rank == 0);
    }

    /** Visits the blocks in order and tracks whether the gradient of each output is needed. */
    private final class Blocks {
        private final int tokens;
        private final List<Product> products = new ArrayList<>();
        private long attentionWidth;
        private long trainedAttentionWidth;

        Blocks(int tokens) {
            this.tokens = tokens;
            var wanted = rank == 0; // of the embedded tokens
            for (var block : spec.blocks()) {
                var attended = attention(block.attention().module(), wanted);
                var before = wanted || attended;
                wanted = feedForward(block.feedForward().module(), block.parallel() ? wanted : before) || before;
            }
        }

        /** @return whether the gradient of the output is needed */
        private boolean attention(AttentionSpec attention, boolean input) {
            var mixed = add(attention.qkv().linears(), input);
            attentionWidth += attention.queryWidth();
            trainedAttentionWidth += mixed ? attention.queryWidth() : 0;
            return add(List.of(attention.output()), mixed);
        }

        /** @return whether the gradient of the output is needed */
        private boolean feedForward(FeedForwardSpec feedForward, boolean input) {
            return add(List.of(feedForward.down()), add(feedForward.inputs(), input));
        }

        /**
         * Adds the products of modules that read the same input.
         *
         * @return whether the gradient of what they give is needed
         */
        private boolean add(List<LinearSpec> linears, boolean input) {
            linears.forEach(linear -> products.add(new Product(tokens, linear.in(), linear.out(), input, rank == 0)));
            return input || linears.stream().anyMatch(linear -> adapted.contains(linear.name()));
        }
    }
}
