package dev.tandem.train.loop;

import dev.tandem.objective.LossAndTokenGradients;
import dev.tandem.train.policy.Policy;
import dev.tandem.train.policy.PolicyReplica;
import dev.tandem.train.zero.ModelPass;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A batch whose loss is known and whose backward pass may still come, so that a step on a batch that was probed does not
 * repeat the forward pass. Holds the activations of the whole batch until it is closed.
 */
final class DeferredBackward implements AutoCloseable {
    private final Policy policy;
    private final List<Share> shares;
    private final BatchLoss loss;
    private final boolean rereadsHead;

    private DeferredBackward(Policy policy, List<Share> shares, BatchLoss loss, boolean headAgain) {
        this.rereadsHead = headAgain;
        this.policy = policy;
        this.shares = new ArrayList<>(shares);
        this.loss = loss;
    }

    private record Share(PolicyReplica.ForwardPass pass, LossAndTokenGradients result) {}

    /**
     * Forward pass over a whole batch.
     *
     * @param seed of dropout
     * @param likely whether the backward pass is likely to come
     */
    static DeferredBackward forward(Policy policy, ObjectiveTask task, TrainingBatch batch, long seed, boolean likely) {
        var evaluation = BatchEvaluation.of(policy, task, batch, MicroBatches.whole());
        var passSeed = new SplittableRandom(seed).nextLong();
        var shares = policy.mapShards(evaluation.trained().examples(), ModelPass.FORWARD, (replica, number, share) -> {
            var pass = replica.forward(
                    replica.model().pack(share),
                    policy.replicaSeed(passSeed, number),
                    likely,
                    task.objective().needs());
            return new Share(pass, evaluation.of(evaluation.scored(share, pass.logProbs())));
        });
        var sum = BatchLoss.Sum.of(policy.ranks(), evaluation);
        shares.forEach(s -> sum.add(s.result(), s.pass().tokens()));
        return new DeferredBackward(
                policy,
                shares,
                sum.over(policy.ranks(), evaluation),
                policy.readsHeadAgain(likely, task.objective().needs()));
    }

    /** The batch's loss. */
    BatchLoss loss() {
        return loss;
    }

    /**
     * Adds {@code weight} times the loss's gradient to the policy's gradients, and frees the activations.
     *
     * @param completesGradient whether the step's gradient is complete with it
     */
    BatchLoss backward(double weight, boolean completesGradient) {
        policy.forReplicas(shares, new ModelPass(false, true, rereadsHead, completesGradient), share -> {
            try (var pass = share.pass()) {
                pass.backward(BatchLoss.scaled(share.result(), weight));
            }
        });
        shares.clear();
        return loss;
    }

    @Override
    public void close() {
        policy.forReplicas(shares, ModelPass.NONE, share -> share.pass().close());
        shares.clear();
    }
}
