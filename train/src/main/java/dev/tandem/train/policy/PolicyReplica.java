package dev.tandem.train.policy;

import dev.tandem.model.CausalLm;
import dev.tandem.model.DecoderPass;
import dev.tandem.model.batch.PackedSequences;
import dev.tandem.model.head.OutputHead;
import dev.tandem.model.layer.Dropout;
import dev.tandem.objective.LogProbs;
import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.flat.FlatLeaves;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The policy as one thread computes it: the shared parameters, a gradient buffer of its own.
 *
 * @param model with the replica's leaves in place
 * @param leaves of the trainable parameters
 * @param headIsFrozen whether the output matrix is not trained
 */
public record PolicyReplica(CausalLm model, FlatLeaves leaves, boolean headIsFrozen) {

    /**
     * Log-probs of a share, with what a backward pass needs.
     *
     * @param likely whether the backward pass is certain; if it is not, less is prepared for it
     */
    public ForwardPass forward(PackedSequences batch, long dropoutSeed, boolean likely) {
        return new ForwardPass(batch, dropoutSeed, likely);
    }

    /** Whether the backward pass reads the output head once more. */
    boolean readsHeadAgain(boolean likely) {
        return !headIsFrozen || !likely;
    }

    /** Log-probs of a share, without a gradient and without dropout. */
    public LogProbs logProbs(PackedSequences batch) {
        return new LogProbs(model.logProbs(batch), batch.targetStarts());
    }

    /** One forward pass, kept until its backward pass is done or it is closed. Opened and closed on one thread. */
    public final class ForwardPass implements AutoCloseable {
        private final PointerScope scope = new PointerScope();
        private final PackedSequences batch;
        private final DecoderPass pass;
        private final Tensor hidden;
        private final Optional<Tensor> unitGradient;
        private final OutputHead.Scores scores;
        private final LogProbs logProbs;

        private ForwardPass(PackedSequences batch, long dropoutSeed, boolean likely) {
            this.batch = batch;
            pass = model.forward(batch, Dropout.seeded(dropoutSeed, model.device()));
            hidden = pass.output().detach();
            // a frozen head needs one pass: the gradient is linear in the objective's weights. A trained one is passed
            // again when they are known
            unitGradient = readsHeadAgain(likely) ? Optional.empty() : Optional.of(torch.empty_like(hidden));
            scores = unitGradient
                    .map(g -> model.head().logProbsAndGradient(hidden, batch.targets(), g))
                    .orElseGet(() -> model.head().logProbs(hidden, batch.targets()));
            logProbs = new LogProbs(scores.logProbs(), batch.targetStarts());
        }

        /** Log-probs of the trained tokens. */
        public LogProbs logProbs() {
            return logProbs;
        }

        /** Tokens the model read. */
        public int tokens() {
            return batch.tokens();
        }

        /**
         * Adds the gradient of {@code Σ_t weights_t · log p_t} to the replica's gradients.
         *
         * @param weights ∂loss/∂log p of each trained token, {@code [trained tokens]}
         */
        public void backward(float[] weights) {
            try (var inner = new PointerScope()) {
                pass.backward(unitGradient
                        .map(g -> g.mul(column(weights, g)))
                        .orElseGet(() -> gradientOfSecondPass(weights)));
            }
            leaves.touch();
        }

        private Tensor column(float[] weights, Tensor like) {
            return Tensors.of(weights, model.device(), weights.length, 1).to(like.scalar_type());
        }

        private Tensor gradientOfSecondPass(float[] weights) {
            var gradient = torch.empty_like(hidden);
            var ofMatrix = headIsFrozen ? Optional.<Tensor>empty() : Optional.of(leaves.gradient(model.headName()));
            model.head().backward(hidden, batch.targets(), scores.logSums(), weights, gradient, ofMatrix);
            return gradient;
        }

        @Override
        public void close() {
            scope.close();
        }
    }
}
