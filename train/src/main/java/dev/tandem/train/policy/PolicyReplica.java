package dev.tandem.train.policy;

import dev.tandem.math.TokenStatistic;
import dev.tandem.model.CausalLm;
import dev.tandem.model.DecoderPass;
import dev.tandem.model.batch.PackedSequences;
import dev.tandem.model.head.OutputHead;
import dev.tandem.model.head.TokenGradients;
import dev.tandem.model.layer.Dropout;
import dev.tandem.objective.LogProbs;
import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.flat.FlatLeaves;
import java.util.Optional;
import java.util.Set;
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
     * @param needs statistics of each trained token beside its log-prob
     */
    public ForwardPass forward(PackedSequences batch, long dropoutSeed, boolean likely, Set<TokenStatistic> needs) {
        return new ForwardPass(batch, dropoutSeed, likely, needs);
    }

    /** Whether the backward pass reads the output head once more. */
    boolean readsHeadAgain(boolean likely, Set<TokenStatistic> needs) {
        return !headIsFrozen || !likely || !needs.isEmpty();
    }

    /** Log-probs of a share, without a gradient and without dropout. */
    public LogProbs logProbs(PackedSequences batch, Set<TokenStatistic> needs) {
        return logProbs(model.scores(batch, needs), batch);
    }

    private static LogProbs logProbs(OutputHead.Scores scores, PackedSequences batch) {
        return new LogProbs(scores.logProbs(), batch.targetStarts(), scores.statistics());
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

        private ForwardPass(PackedSequences batch, long dropoutSeed, boolean likely, Set<TokenStatistic> needs) {
            this.batch = batch;
            pass = model.forward(batch, Dropout.seeded(dropoutSeed, model.device()));
            hidden = pass.output().detach();
            // a frozen head needs one pass: the gradient is linear in the objective's weights. A trained one is passed
            // again when they are known
            unitGradient = readsHeadAgain(likely, needs) ? Optional.empty() : Optional.of(torch.empty_like(hidden));
            scores = unitGradient
                    .map(g -> model.head().logProbsAndGradient(hidden, batch.targets(), g))
                    .orElseGet(() -> model.head().logProbs(hidden, batch.targets(), needs));
            logProbs = PolicyReplica.logProbs(scores, batch);
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
         * Adds the gradient of a loss to the replica's gradients.
         *
         * @param loss its derivatives at each trained token
         */
        public void backward(TokenGradients loss) {
            try (var inner = new PointerScope()) {
                pass.backward(unitGradient
                        .map(g -> g.mul(column(loss.logProbs(), g)))
                        .orElseGet(() -> gradientOfSecondPass(loss)));
            }
            leaves.touch();
        }

        private Tensor column(float[] weights, Tensor like) {
            return Tensors.of(weights, model.device(), weights.length, 1).to(like.scalar_type());
        }

        private Tensor gradientOfSecondPass(TokenGradients loss) {
            var gradient = torch.empty_like(hidden);
            var ofMatrix = headIsFrozen ? Optional.<Tensor>empty() : Optional.of(leaves.gradient(model.headName()));
            model.head().backward(hidden, batch.targets(), scores, loss, gradient, ofMatrix);
            return gradient;
        }

        @Override
        public void close() {
            scope.close();
        }
    }
}
