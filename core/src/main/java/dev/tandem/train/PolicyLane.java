package dev.tandem.train;

import dev.tandem.model.CausalLm;
import dev.tandem.model.Dropout;
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
 * The policy as one thread computes it: the shared parameters, a gradient buffer of its own.
 *
 * @param model with the lane's leaves in place
 * @param leaves of the trainable parameters
 * @param headIsFrozen whether the output matrix is not trained
 */
record PolicyLane(CausalLm model, FlatParameters.Leaves leaves, boolean headIsFrozen) {

    /** Log-probs of a share, with what a backward pass needs. */
    ForwardPass forward(PackedSequences batch, long dropoutSeed) {
        return new ForwardPass(batch, dropoutSeed);
    }

    /** Log-probs of a share, without a gradient and without dropout. */
    LogProbs logProbs(PackedSequences batch) {
        return new LogProbs(model.logProbs(batch), batch.targetStarts());
    }

    /** One forward pass, kept until its backward pass is done or it is closed. Opened and closed on one thread. */
    final class ForwardPass implements AutoCloseable {
        private final PointerScope scope = new PointerScope();
        private final PackedSequences batch;
        private final Tensor predictors;
        private final Optional<Tensor> unitGradient;
        private final LogProbs logProbs;

        private ForwardPass(PackedSequences batch, long dropoutSeed) {
            this.batch = batch;
            predictors = model.predictors(batch, Dropout.seeded(dropoutSeed, model.device()));
            // a frozen head needs one pass: the gradient is linear in the objective's weights. A trained one is passed
            // again when they are known
            unitGradient = headIsFrozen ? Optional.of(torch.empty_like(predictors.detach())) : Optional.empty();
            var values = unitGradient
                    .map(g -> model.head().logProbsAndGradient(predictors, batch.targets(), g))
                    .orElseGet(() -> model.head().logProbs(predictors, batch.targets()));
            logProbs = new LogProbs(values, batch.targetStarts());
        }

        /** Log-probs of the trained tokens. */
        LogProbs logProbs() {
            return logProbs;
        }

        /**
         * Adds the gradient of {@code Σ_t weights_t · log p_t} to the lane's gradients.
         *
         * @param weights ∂loss/∂log p of each trained token, {@code [trained tokens]}
         */
        void backward(float[] weights) {
            var gradient =
                    unitGradient.map(g -> g.mul(column(weights, g))).orElseGet(() -> trainedHeadGradient(weights));
            predictors.backward(gradient, new BoolOptional(), false, new TensorArrayRefOptional());
            leaves.touch();
        }

        private Tensor column(float[] weights, Tensor like) {
            return Tensors.of(weights, model.device(), weights.length, 1).to(like.scalar_type());
        }

        private Tensor trainedHeadGradient(float[] weights) {
            var gradient = torch.empty_like(predictors.detach());
            model.head()
                    .backward(
                            predictors.detach(), batch.targets(), weights, gradient, leaves.gradient(model.headName()));
            return gradient;
        }

        @Override
        public void close() {
            scope.close();
        }
    }
}
