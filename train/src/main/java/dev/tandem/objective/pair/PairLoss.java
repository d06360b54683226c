package dev.tandem.objective.pair;

import dev.tandem.data.example.RowShape;
import dev.tandem.objective.BatchCounts;
import dev.tandem.objective.LogProbs;
import dev.tandem.objective.LossAndTokenGradients;
import dev.tandem.objective.Objective;
import dev.tandem.objective.ScoredBatch;
import dev.tandem.yaml.Range;
import dev.tandem.yaml.Section;
import java.util.Arrays;
import java.util.Map;

/**
 * An objective on pairs of a better (chosen, y_w) and a worse (rejected, y_l) response that sees a pair only through
 * its margin
 *
 * <pre>m = (log π(y_w|x) − log π_ref(y_w|x)) / d_w − (log π(y_l|x) − log π_ref(y_l|x)) / d_l</pre>
 *
 * with log π(y|x) the sum over the response's tokens, log π_ref 0 for a loss without a reference, and d a divisor that is 1
 * for most losses and the response's tokens for a loss of means. A new one says how the loss depends on the margin, and the
 * derivative of that: since ∂m/∂log p is 1/d_w for every token of the chosen response and −1/d_l for every token of the
 * rejected one, the rest is the same for all.
 *
 * <p>The loss is the mean over the pairs of the batch. Statistics, each the mean over pairs, are named by this
 * interface's constants.
 */
public interface PairLoss extends Objective {

    /** The key of β in recipes. */
    String BETA = "beta";

    /** The allowed range of β. */
    Range BETAS = Range.POSITIVE;

    /** Statistic: β·(log π(y_w|x) − log π_ref(y_w|x))/d_w. */
    String CHOSEN_REWARDS = "chosen_rewards";

    /** Statistic: β·(log π(y_l|x) − log π_ref(y_l|x))/d_l. */
    String REJECTED_REWARDS = "rejected_rewards";

    /** Statistic: chosen reward − rejected reward, β·m. */
    String MARGIN = "margin";

    /** Statistic: share of pairs whose chosen reward exceeds the rejected one; a tie counts as wrong. */
    String ACCURACY = "accuracy";

    /**
     * β: the scale of rewards.
     *
     * @return above 0
     */
    double beta();

    /**
     * Loss of one pair at margin m (without β).
     *
     * @param margin m, in nats
     * @return the loss
     */
    double loss(double margin);

    /**
     * d{@link #loss}/dm at margin m.
     *
     * @param margin m, in nats
     * @return the slope of the loss
     */
    double derivative(double margin);

    /**
     * The divisor of a response's log-ratio in the margin.
     *
     * @param tokens trained tokens of the response, above 0
     * @return d; 1, so that log-probs are sums, unless the loss says otherwise
     */
    default double divisor(int tokens) {
        return 1.0;
    }

    /**
     * Refuses a β that is out of range.
     *
     * @param what it is called
     * @throws dev.tandem.UserException if it is not a number above 0
     */
    static void requireBeta(String what, double beta) {
        BETAS.require(what, beta);
    }

    /**
     * Reads β.
     *
     * @param section the objective's
     * @return β; 0.1 if the recipe does not say
     * @throws dev.tandem.UserException if it is not a number above 0
     */
    static double readBeta(Section section) {
        return readBeta(section, 0.1);
    }

    /**
     * Reads β.
     *
     * @param section the objective's
     * @param usual β if the recipe does not say
     * @return β
     * @throws dev.tandem.UserException if it is not a number above 0
     */
    static double readBeta(Section section, double usual) {
        return section.number(BETA, BETAS, usual);
    }

    @Override
    default RowShape shape() {
        return RowShape.PAIR;
    }

    @Override
    default boolean needsReference() {
        return true;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the sequences are not pairs, or the reference sums do not match them
     */
    @Override
    default LossAndTokenGradients evaluate(ScoredBatch part, BatchCounts batch) {
        requirePairs(part);
        var policy = part.policy();
        var pairs = (double) batch.examples();
        var weights = new float[policy.values().length];
        var loss = 0.0;
        var chosenRewards = 0.0;
        var rejectedRewards = 0.0;
        var correct = 0;
        for (var chosen = 0; chosen < policy.sequences(); chosen += 2) {
            var rejected = chosen + 1;
            var chosenDivisor = divisor(policy.length(chosen));
            var rejectedDivisor = divisor(policy.length(rejected));
            var chosenRatio = logRatio(part, chosen) / chosenDivisor;
            var rejectedRatio = logRatio(part, rejected) / rejectedDivisor;
            var margin = chosenRatio - rejectedRatio;
            loss += loss(margin);
            var slope = derivative(margin) / pairs;
            fill(weights, policy, chosen, (float) (slope / chosenDivisor));
            fill(weights, policy, rejected, (float) -(slope / rejectedDivisor));
            chosenRewards += beta() * chosenRatio;
            rejectedRewards += beta() * rejectedRatio;
            correct += margin > 0.0 ? 1 : 0;
        }
        var statistics = Map.of(
                CHOSEN_REWARDS, chosenRewards / pairs,
                REJECTED_REWARDS, rejectedRewards / pairs,
                MARGIN, (chosenRewards - rejectedRewards) / pairs,
                ACCURACY, correct / pairs);
        return new LossAndTokenGradients(loss / pairs, weights, statistics);
    }

    private void requirePairs(ScoredBatch part) {
        var policy = part.policy();
        if (policy.sequences() % 2 != 0) {
            throw new IllegalArgumentException(
                    "pairs are chosen, rejected, chosen, …: an even number of sequences, not " + policy.sequences());
        }
        if (needsReference() && part.referenceSums().length != policy.sequences()) {
            throw new IllegalArgumentException(
                    policy.sequences() + " sequences need as many reference sums, not " + part.referenceSums().length);
        }
    }

    private double logRatio(ScoredBatch part, int sequence) {
        var sum = part.policy().sum(sequence);
        return needsReference() ? sum - part.referenceSums()[sequence] : sum;
    }

    private static void fill(float[] weights, LogProbs policy, int sequence, float weight) {
        Arrays.fill(weights, policy.offsets()[sequence], policy.offsets()[sequence + 1], weight);
    }
}
