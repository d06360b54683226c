package dev.tandem.train;

import dev.tandem.model.CausalLm;
import dev.tandem.model.LoraAdapter;
import dev.tandem.model.PackedSequences;
import dev.tandem.objective.LogProbs;
import dev.tandem.tensor.FlatParameters;
import dev.tandem.tensor.Tensors;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * The model being trained: its forward pass gives log-probs, its backward pass takes ∂loss/∂log p and accumulates the
 * gradient of the trainable parameters.
 */
public final class Policy implements AutoCloseable {
    private final CausalLm model;
    private final FlatParameters parameters;
    private final Optional<LoraAdapter> adapter;

    /**
     * @param model with the trainable leaves already in place
     * @param parameters the trainable parameters
     * @param adapter the adapter being trained, already over the leaves of {@code parameters}; absent: all parameters
     *     of the model are trained
     */
    public Policy(CausalLm model, FlatParameters parameters, Optional<LoraAdapter> adapter) {
        this.model = model;
        this.parameters = parameters;
        this.adapter = adapter;
        model.adapter(adapter);
    }

    /** The model, its adapter switched on. */
    public CausalLm model() {
        return model;
    }

    /** The trainable parameters and their gradients. */
    public FlatParameters parameters() {
        return parameters;
    }

    /** The adapter being trained; absent: all parameters are. */
    public Optional<LoraAdapter> adapter() {
        return adapter;
    }

    /**
     * Log-probs of a batch, with what a backward pass needs.
     *
     * @param dropoutSeed seed of this pass's dropout
     */
    public ForwardPass forward(PackedSequences batch, long dropoutSeed) {
        return new ForwardPass(batch, dropoutSeed);
    }

    /** Log-probs of a batch, without a gradient and without dropout. */
    public LogProbs logProbs(PackedSequences batch) {
        return new LogProbs(model.logProbs(batch), batch.targetStarts());
    }

    @Override
    public void close() {
        parameters.close();
        model.close();
    }

    /** One forward pass, kept until its backward pass is done or it is closed. */
    public final class ForwardPass implements AutoCloseable {
        private final PointerScope scope = new PointerScope();
        private final PackedSequences batch;
        private final Tensor predictors;
        private final Optional<Tensor> unitGradient;
        private final LogProbs logProbs;

        private ForwardPass(PackedSequences batch, long dropoutSeed) {
            this.batch = batch;
            torch.manual_seed(dropoutSeed);
            predictors = model.predictors(batch, true);
            // a frozen head needs one pass: the gradient is linear in the objective's weights. A trained one is passed
            // again when they are known
            unitGradient = headIsFrozen() ? Optional.of(torch.empty_like(predictors.detach())) : Optional.empty();
            var values = unitGradient
                    .map(g -> model.head().logProbsAndGradient(predictors, batch.targets(), g))
                    .orElseGet(() -> model.head().logProbs(predictors, batch.targets()));
            logProbs = new LogProbs(values, batch.targetStarts());
        }

        /** Log-probs of the trained tokens. */
        public LogProbs logProbs() {
            return logProbs;
        }

        /**
         * Adds the gradient of {@code Σ_t weights_t · log p_t} to the trainable parameters' gradients.
         *
         * @param weights ∂loss/∂log p of each trained token, {@code [trained tokens]}
         */
        public void backward(float[] weights) {
            var gradient =
                    unitGradient.map(g -> g.mul(column(weights, g))).orElseGet(() -> trainedHeadGradient(weights));
            predictors.backward(gradient, new BoolOptional(), false, new TensorArrayRefOptional());
        }

        private Tensor column(float[] weights, Tensor like) {
            return Tensors.of(weights, model.device(), weights.length, 1).to(like.scalar_type());
        }

        private Tensor trainedHeadGradient(float[] weights) {
            var gradient = torch.empty_like(predictors.detach());
            model.head()
                    .backward(
                            predictors.detach(),
                            batch.targets(),
                            weights,
                            gradient,
                            parameters.gradient(model.headName()));
            return gradient;
        }

        @Override
        public void close() {
            scope.close();
        }
    }

    private boolean headIsFrozen() {
        return adapter.isPresent();
    }
}
