package dev.tandem.train;

import dev.tandem.data.Example;
import dev.tandem.distributed.Collective;
import dev.tandem.model.PackedSequences;
import dev.tandem.objective.BatchCounts;
import dev.tandem.objective.LogProbs;
import dev.tandem.objective.LossAndWeights;
import dev.tandem.objective.ScoredBatch;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.DoubleStream;

/**
 * Loss of one objective on one batch, micro-batch after micro-batch. Means are over the batch's trained tokens or pairs,
 * so that how it is split does not show.
 *
 * @param loss mean loss of the batch
 * @param statistics further means (rewards, accuracy, margin)
 * @param tokens tokens the model read
 * @param trainedTokens tokens whose log-prob counted
 */
public record BatchLoss(double loss, Map<String, Double> statistics, long tokens, long trainedTokens) {
    private static final LogProbs NO_LOG_PROBS = new LogProbs(new float[0], new int[] {0});

    /** Computes the loss and adds {@code weight} times its gradient to the policy's gradients. */
    public static BatchLoss withGradient(Policy policy, Task task, TrainingBatch batch, double weight, long seed) {
        return withGradient(policy, task, batch, weight, seed, true);
    }

    /** @param lastOfStep whether the step's gradient is complete with it */
    static BatchLoss withGradient(
            Policy policy, Task task, TrainingBatch batch, double weight, long seed, boolean lastOfStep) {
        var seeds = new SplittableRandom(seed);
        var backward = new Backward(policy.readsHeadAgain(true), lastOfStep);
        return over(
                policy,
                task,
                batch,
                task.microBatches(),
                seeds,
                Optional.of(backward),
                (lane, share, packed, counts, laneSeed) -> {
                    try (var pass = lane.forward(packed, laneSeed, true)) {
                        var result = evaluated(task, batch.part(share), pass.logProbs(), counts);
                        pass.backward(scaled(result.weights(), weight));
                        return result;
                    }
                });
    }

    /** Computes the loss alone, without dropout. */
    public static BatchLoss withoutGradient(Policy policy, Task task, TrainingBatch batch, MicroBatches microBatches) {
        return withoutGradient(policy, task, batch, microBatches, (share, logProbs) -> {});
    }

    /**
     * Computes the loss alone, without dropout.
     *
     * @param scored told the log-probs that the loss is computed from, by several threads at a time
     */
    static BatchLoss withoutGradient(
            Policy policy, Task task, TrainingBatch batch, MicroBatches microBatches, ScoredShare scored) {
        return over(
                policy,
                task,
                batch,
                microBatches,
                new SplittableRandom(0),
                Optional.empty(),
                (lane, share, packed, counts, laneSeed) -> {
                    var logProbs = lane.logProbs(packed);
                    scored.accept(share, logProbs);
                    return evaluated(task, batch.part(share), logProbs, counts);
                });
    }

    /** Told the log-probs of some examples, sequence after sequence. */
    @FunctionalInterface
    interface ScoredShare {
        void accept(List<Example> share, LogProbs logProbs);
    }

    private interface Pass {
        LossAndWeights apply(
                PolicyLane lane, List<Example> share, PackedSequences packed, BatchCounts counts, long seed);
    }

    private static BatchLoss over(
            Policy policy,
            Task task,
            TrainingBatch batch,
            MicroBatches microBatches,
            SplittableRandom seeds,
            Optional<Backward> backward,
            Pass pass) {
        var counts = counts(batch);
        var sum = Sum.of(policy.ranks(), task, batch, counts);
        var parts = microBatches.of(batch.examples());
        for (var i = 0; i < parts.size(); i++) {
            var seed = seeds.nextLong();
            var lastPart = i == parts.size() - 1;
            var passage = backward.map(b -> b.passage(lastPart)).orElse(Passage.FORWARD);
            var shares = policy.inShares(parts.get(i), passage, (lane, number, share) -> {
                var packed = lane.model().pack(share);
                // a lane's dropout has numbers of its own
                var result = pass.apply(lane, share, packed, counts, policy.laneSeed(seed, number));
                return new Share(result, packed.tokens());
            });
            shares.forEach(share -> sum.add(share.result(), share.tokens()));
        }
        return sum.over(policy.ranks(), batch);
    }

    private record Backward(boolean headAgain, boolean lastOfStep) {
        Passage passage(boolean lastPart) {
            return new Passage(true, true, headAgain, lastOfStep && lastPart);
        }
    }

    private record Share(LossAndWeights result, int tokens) {}

    /** Losses of shares, added up in the lanes' order, and then over all ranks. */
    static final class Sum {
        private final Map<String, Double> statistics = new TreeMap<>();
        private double loss;
        private long tokens;

        void add(LossAndWeights share, int tokensRead) {
            loss += share.loss();
            tokens += tokensRead;
            share.statistics().forEach((name, value) -> statistics.merge(name, value, Double::sum));
        }

        /** Nothing yet, by the names of an objective's statistics: a rank without a share has them too. */
        static Sum of(Collective ranks, Task task, TrainingBatch batch, BatchCounts counts) {
            var sum = new Sum();
            if (ranks.size() > 1) {
                sum.add(evaluated(task, batch.part(List.of()), NO_LOG_PROBS, counts), 0);
            }
            return sum;
        }

        BatchLoss over(Collective ranks, TrainingBatch batch) {
            if (ranks.size() == 1) {
                return new BatchLoss(loss, statistics, tokens, trainedTokens(batch));
            }
            var here = DoubleStream.concat(
                            DoubleStream.of(loss, tokens),
                            statistics.values().stream().mapToDouble(Double::doubleValue))
                    .toArray();
            var all = ranks.sum(here);
            var next = 2;
            for (var name : statistics.keySet()) {
                statistics.put(name, all[next++]);
            }
            return new BatchLoss(all[0], statistics, (long) all[1], trainedTokens(batch));
        }
    }

    /** What the means of a batch divide by. */
    static BatchCounts counts(TrainingBatch batch) {
        var examples = batch.examples();
        var tokens = new Long[examples.get(0).sequences().size()];
        Arrays.setAll(
                tokens, s -> examples.stream().mapToLong(e -> e.trainedTokens(s)).sum());
        return new BatchCounts(examples.size(), List.of(tokens));
    }

    /**
     * What the objective says of a share.
     *
     * @throws IllegalStateException if it has not one weight for each token, as a program's own may
     */
    static LossAndWeights evaluated(Task task, TrainingBatch share, LogProbs logProbs, BatchCounts counts) {
        var part = new ScoredBatch(logProbs, reference(task, share), labels(share.examples()), share.rewards(), 0.0);
        var result = task.objective().evaluate(part, counts);
        if (result.weights().length != logProbs.values().length) {
            throw new IllegalStateException(
                    "Objective " + task.name() + ": " + result.weights().length + " weights for "
                            + logProbs.values().length + " trained tokens; one for each was expected from "
                            + task.objective().getClass().getName());
        }
        return result;
    }

    /** log π_ref of a share's sequences; empty if the objective needs none. */
    static double[] reference(Task task, TrainingBatch share) {
        return task.objective().needsReference() ? share.reference().of(share.examples()) : new double[0];
    }

    /** Labels of a share's examples; empty if the rows have none. */
    private static double[] labels(List<Example> share) {
        return share.stream().flatMapToDouble(e -> e.label().stream()).toArray();
    }

    private static long trainedTokens(TrainingBatch batch) {
        return batch.examples().stream().mapToLong(Example::trainedTokens).sum();
    }

    /** Weights times a factor. */
    static float[] scaled(float[] weights, double factor) {
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
