package dev.tandem.train.loop;

import dev.tandem.data.example.Example;
import dev.tandem.math.TokenStatistic;
import dev.tandem.objective.BatchCounts;
import dev.tandem.objective.LogProbs;
import dev.tandem.objective.LossAndTokenGradients;
import dev.tandem.objective.ScoredBatch;
import dev.tandem.train.policy.Policy;
import dev.tandem.train.policy.PolicyReplica;
import dev.tandem.train.zero.ModelPass;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;

/**
 * Evaluates an objective on the parts of one batch. The divisors of its means, and the statistic over the whole batch if it
 * has one, are computed first, so that parts add up however the batch is split.
 *
 * @param task whose batch it is
 * @param trained the batch without the sequences that the statistic alone is of
 * @param counts of the whole batch
 * @param statistic of the whole batch, on all ranks; 0 if the objective has none
 * @param statisticTokens tokens that the model read for it on this rank
 */
public record BatchEvaluation(
        ObjectiveTask task, TrainingBatch trained, BatchCounts counts, double statistic, long statisticTokens) {
    /**
     * Prepares a batch. If the objective has a statistic, the sequences it is of pass through the model, without a gradient
     * and without dropout; every rank must call this.
     *
     * @param microBatches how much of them is in the model at the same time
     */
    static BatchEvaluation of(Policy policy, ObjectiveTask task, TrainingBatch batch, MicroBatches microBatches) {
        var counts = counts(batch);
        var sequence = task.objective().statisticSequence();
        if (sequence.isEmpty()) {
            return new BatchEvaluation(task, batch, counts, 0.0, 0);
        }
        var probed = new BatchEvaluation(task, batch.only(sequence.getAsInt()), counts, 0.0, 0);
        var value = 0.0;
        var tokens = 0L;
        for (var part : microBatches.of(probed.trained.examples())) {
            for (var share : policy.mapShards(
                    part, ModelPass.FORWARD, (replica, number, own) -> probed.statistic(replica, own))) {
                value += share.value();
                tokens += share.tokens();
            }
        }
        var ranks = policy.ranks();
        var all = ranks.size() == 1 ? value : ranks.allReduce(new double[] {value})[0];
        return new BatchEvaluation(task, batch.without(sequence.getAsInt()), counts, all, tokens);
    }

    private record Statistic(double value, long tokens) {}

    private Statistic statistic(PolicyReplica replica, List<Example> share) {
        var packed = replica.model().pack(share);
        var part = scored(share, replica.logProbs(packed, task.objective().needs()));
        return new Statistic(task.objective().statistic(part, counts), packed.tokens());
    }

    /** The divisors of a batch's means. */
    public static BatchCounts counts(TrainingBatch batch) {
        var examples = batch.examples();
        var tokens = new Long[examples.get(0).sequences().size()];
        Arrays.setAll(
                tokens,
                s -> examples.stream().mapToLong(e -> e.trainedTokens(s)).sum());
        return new BatchCounts(examples.size(), List.of(tokens));
    }

    /**
     * A share as the objective sees it.
     *
     * @param share examples of {@link #trained}
     * @param logProbs of their sequences
     */
    ScoredBatch scored(List<Example> share, LogProbs logProbs) {
        var part = trained.part(share);
        var sums = task.objective().needsReference() ? part.reference().of(share) : new double[0];
        var labels = share.stream().flatMapToDouble(e -> e.label().stream()).toArray();
        return new ScoredBatch(logProbs, sums, labels, part.rewards(), statistic);
    }

    /**
     * The objective's result for a share.
     *
     * @throws IllegalStateException if it has not one derivative for each token, as a program's own may, or one by a statistic
     *     that it does not need
     */
    LossAndTokenGradients of(ScoredBatch share) {
        var tokens = share.policy().values().length;
        var result = task.objective().evaluate(share, counts);
        if (result.tokenGradients().length != tokens) {
            throw new IllegalStateException("Objective " + task.name() + ": " + result.tokenGradients().length
                    + " weights for " + tokens + " trained tokens; one for each was expected from "
                    + task.objective().getClass().getName());
        }
        result.statisticGradients().forEach((statistic, gradients) -> {
            if (gradients.length != tokens || !task.objective().needs().contains(statistic)) {
                throw new IllegalStateException("Objective " + task.name() + ": " + gradients.length
                        + " derivatives by "
                        + statistic + " for " + tokens
                        + " trained tokens; one for each, of a statistic that needs() names,"
                        + " was expected from " + task.objective().getClass().getName());
            }
        });
        return result;
    }

    /** The result for no examples: zeros under the names of its statistics. */
    LossAndTokenGradients ofNothing() {
        var nothing = new EnumMap<TokenStatistic, float[]>(TokenStatistic.class);
        task.objective().needs().forEach(statistic -> nothing.put(statistic, new float[0]));
        return of(scored(List.of(), new LogProbs(new float[0], new int[] {0}, nothing)));
    }

    /** Trained tokens of all ranks whose log-probs count. */
    long trainedTokens() {
        return trained.examples().stream().mapToLong(Example::trainedTokens).sum();
    }
}
