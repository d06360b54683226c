package dev.tandem.train.loop;

import dev.tandem.data.example.Example;
import dev.tandem.distributed.Collective;
import dev.tandem.math.TokenStatistic;
import dev.tandem.model.batch.PackedSequences;
import dev.tandem.model.head.TokenGradients;
import dev.tandem.objective.LossAndTokenGradients;
import dev.tandem.objective.ScoredBatch;
import dev.tandem.train.policy.Policy;
import dev.tandem.train.policy.PolicyReplica;
import dev.tandem.train.zero.ModelPass;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.DoubleStream;

/**
 * Loss of one objective on one batch, micro-batch after micro-batch. Means are over the batch's trained tokens or pairs,
 * so that they do not depend on how it is split.
 *
 * @param loss mean loss of the batch
 * @param statistics further means (rewards, accuracy, margin)
 * @param tokens tokens the model read
 * @param trainedTokens tokens whose log-prob counted
 */
public record BatchLoss(double loss, Map<String, Double> statistics, long tokens, long trainedTokens) {
    /** Computes the loss and adds {@code weight} times its gradient to the policy's gradients. */
    public static BatchLoss withGradient(
            Policy policy, ObjectiveTask task, TrainingBatch batch, double weight, long seed) {
        return withGradient(policy, task, batch, weight, seed, true);
    }

    /** @param completesGradient whether the step's gradient is complete with it */
    static BatchLoss withGradient(
            Policy policy,
            ObjectiveTask task,
            TrainingBatch batch,
            double weight,
            long seed,
            boolean completesGradient) {
        var seeds = new SplittableRandom(seed);
        var backward = new Backward(policy.readsHeadAgain(true, task.objective().needs()), completesGradient);
        return over(
                policy,
                task,
                batch,
                task.microBatches(),
                seeds,
                Optional.of(backward),
                (evaluation, replica, share, packed, replicaSeed) -> {
                    try (var pass = replica.forward(
                            packed, replicaSeed, true, task.objective().needs())) {
                        var result = evaluation.of(evaluation.scored(share, pass.logProbs()));
                        pass.backward(scaled(result, weight));
                        return result;
                    }
                });
    }

    /** Computes the loss alone, without dropout. */
    public static BatchLoss withoutGradient(
            Policy policy, ObjectiveTask task, TrainingBatch batch, MicroBatches microBatches) {
        return withoutGradient(policy, task, batch, microBatches, (share, part) -> {});
    }

    /**
     * Computes the loss alone, without dropout.
     *
     * @param scored receives what the loss is computed from, by several threads simultaneously
     */
    static BatchLoss withoutGradient(
            Policy policy, ObjectiveTask task, TrainingBatch batch, MicroBatches microBatches, ScoredShare scored) {
        return over(
                policy,
                task,
                batch,
                microBatches,
                new SplittableRandom(0),
                Optional.empty(),
                (evaluation, replica, share, packed, replicaSeed) -> {
                    var part = evaluation.scored(
                            share, replica.logProbs(packed, task.objective().needs()));
                    scored.accept(share, part);
                    return evaluation.of(part);
                });
    }

    /** Receives some examples as the objective sees them. */
    @FunctionalInterface
    public interface ScoredShare {
        /** @param share without the sequences that a statistic alone is of */
        void accept(List<Example> share, ScoredBatch part);
    }

    private interface Pass {
        LossAndTokenGradients apply(
                BatchEvaluation evaluation,
                PolicyReplica replica,
                List<Example> share,
                PackedSequences packed,
                long seed);
    }

    private static BatchLoss over(
            Policy policy,
            ObjectiveTask task,
            TrainingBatch batch,
            MicroBatches microBatches,
            SplittableRandom seeds,
            Optional<Backward> backward,
            Pass pass) {
        var evaluation = BatchEvaluation.of(policy, task, batch, microBatches);
        var sum = Sum.of(policy.ranks(), evaluation);
        var parts = microBatches.of(evaluation.trained().examples());
        for (var i = 0; i < parts.size(); i++) {
            var seed = seeds.nextLong();
            var lastPart = i == parts.size() - 1;
            var passage = backward.map(b -> b.passage(lastPart)).orElse(ModelPass.FORWARD);
            var shares = policy.mapShards(parts.get(i), passage, (replica, number, share) -> {
                var packed = replica.model().pack(share);
                // each replica's dropout has its own random numbers
                var result = pass.apply(evaluation, replica, share, packed, policy.replicaSeed(seed, number));
                return new Share(result, packed.tokens());
            });
            shares.forEach(share -> sum.add(share.result(), share.tokens()));
        }
        return sum.over(policy.ranks(), evaluation);
    }

    private record Backward(boolean rereadsHead, boolean completesGradient) {
        ModelPass passage(boolean lastPart) {
            return new ModelPass(true, true, rereadsHead, completesGradient && lastPart);
        }
    }

    private record Share(LossAndTokenGradients result, int tokens) {}

    /** Losses of shares, added up in the replicas' order, and then over all ranks. */
    static final class Sum {
        private final Map<String, Double> statistics = new TreeMap<>();
        private double loss;
        private long tokens;

        void add(LossAndTokenGradients share, int tokensRead) {
            loss += share.loss();
            tokens += tokensRead;
            share.statistics().forEach((name, value) -> statistics.merge(name, value, Double::sum));
        }

        /** Zeros under the names of an objective's statistics: a rank without a share has them too. */
        static Sum of(Collective ranks, BatchEvaluation evaluation) {
            var sum = new Sum();
            sum.tokens = evaluation.statisticTokens();
            if (ranks.size() > 1) {
                sum.add(evaluation.ofNothing(), 0);
            }
            return sum;
        }

        BatchLoss over(Collective ranks, BatchEvaluation evaluation) {
            if (ranks.size() == 1) {
                return new BatchLoss(loss, statistics, tokens, evaluation.trainedTokens());
            }
            var here = DoubleStream.concat(
                            DoubleStream.of(loss, tokens),
                            statistics.values().stream().mapToDouble(Double::doubleValue))
                    .toArray();
            var all = ranks.allReduce(here);
            var next = 2;
            for (var name : statistics.keySet()) {
                statistics.put(name, all[next++]);
            }
            return new BatchLoss(all[0], statistics, (long) all[1], evaluation.trainedTokens());
        }
    }

    /** A loss's derivatives times a factor. */
    static TokenGradients scaled(LossAndTokenGradients loss, double factor) {
        var statistics = new EnumMap<TokenStatistic, float[]>(TokenStatistic.class);
        loss.statisticGradients().forEach((statistic, all) -> statistics.put(statistic, scaled(all, factor)));
        return new TokenGradients(scaled(loss.tokenGradients(), factor), statistics);
    }

    private static float[] scaled(float[] weights, double factor) {
        if (factor == 1.0) {
            return weights;
        }
        var result = new float[weights.length];
        for (var i = 0; i < weights.length; i++) {
            result[i] = (float) (weights[i] * factor);
        }
        return result;
    }
}
