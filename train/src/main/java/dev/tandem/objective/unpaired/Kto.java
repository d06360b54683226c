package dev.tandem.objective.unpaired;

import dev.tandem.data.example.RowShape;
import dev.tandem.objective.BatchCounts;
import dev.tandem.objective.LossAndTokenGradients;
import dev.tandem.objective.LossRecipe;
import dev.tandem.objective.LossType;
import dev.tandem.objective.Objective;
import dev.tandem.objective.ScoredBatch;
import dev.tandem.objective.Sigmoid;
import dev.tandem.objective.pair.PairLoss;
import dev.tandem.yaml.Range;
import dev.tandem.yaml.Section;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Kahneman–Tversky optimisation on single responses that are labelled desirable or undesirable. With
 * r = log π(y|x) − log π_ref(y|x), sums over the response's tokens, the loss of a row is
 *
 * <pre>
 * desirable     w_d·(1 − σ(β·(r − z₀)))     d/dr = −w_d·β·σ′(β·(r − z₀))
 * undesirable   w_u·(1 − σ(β·(z₀ − r)))     d/dr = +w_u·β·σ′(β·(z₀ − r))
 * </pre>
 *
 * with σ′ = σ·(1 − σ), and the batch's is the mean over its rows. z₀ estimates the divergence of π from π_ref: the mean of r
 * over the batch's mismatched responses, each a prompt with the response of another row, and 0 where that is negative. It is
 * a constant of the gradient.
 *
 * <p>Ethayarajh et al., <i>KTO: Model Alignment as Prospect Theoretic Optimization</i>, arXiv 2402.01306, eq. 8.
 *
 * <p>Statistics: {@link #KL}, {@link #MARGIN} and {@link #ACCURACY}.
 *
 * @param beta β &gt; 0
 * @param desirableWeight w_d &gt; 0
 * @param undesirableWeight w_u &gt; 0
 */
public record Kto(double beta, double desirableWeight, double undesirableWeight) implements Objective {
    /** Statistic: z₀. */
    public static final String KL = "kl";

    /** Statistic: the mean of β·(r − z₀) over desirable rows and of β·(z₀ − r) over undesirable ones. */
    public static final String MARGIN = "margin";

    /** Statistic: share of rows whose margin is above 0. */
    public static final String ACCURACY = "accuracy";

    private static final String BETA = PairLoss.BETA;
    private static final String DESIRABLE = "desirable-weight";
    private static final String UNDESIRABLE = "undesirable-weight";
    private static final Range WEIGHTS = Range.POSITIVE;
    private static final int MISMATCHED = 1;

    /** {@code loss: kto}. */
    public static final LossType TYPE =
            LossType.of("kto", RowShape.LABELLED, List.of(BETA, DESIRABLE, UNDESIRABLE), Kto::read);

    /** @throws dev.tandem.UserException if β or a weight is not above 0 */
    public Kto {
        PairLoss.requireBeta(BETA, beta);
        WEIGHTS.require(DESIRABLE, desirableWeight);
        WEIGHTS.require(UNDESIRABLE, undesirableWeight);
    }

    private static LossRecipe read(Section section) {
        var kto = new Kto(PairLoss.readBeta(section), weight(section, DESIRABLE), weight(section, UNDESIRABLE));
        return new LossRecipe(
                TYPE.name(),
                Map.of(BETA, kto.beta, DESIRABLE, kto.desirableWeight, UNDESIRABLE, kto.undesirableWeight),
                kto);
    }

    private static double weight(Section section, String key) {
        return section.number(key, WEIGHTS, 1.0);
    }

    @Override
    public RowShape shape() {
        return RowShape.LABELLED;
    }

    @Override
    public boolean needsReference() {
        return true;
    }

    @Override
    public OptionalInt statisticSequence() {
        return OptionalInt.of(MISMATCHED);
    }

    /** The part's share of the mean of r over mismatched responses. */
    @Override
    public double statistic(ScoredBatch part, BatchCounts batch) {
        var sum = 0.0;
        for (var i = 0; i < part.policy().sequences(); i++) {
            sum += ratio(part, i);
        }
        return sum / batch.examples();
    }

    /** @throws IllegalArgumentException if rows have no label each, or no reference sum */
    @Override
    public LossAndTokenGradients evaluate(ScoredBatch part, BatchCounts batch) {
        var policy = part.policy();
        if (part.labels().length != policy.sequences() || part.referenceSums().length != policy.sequences()) {
            throw new IllegalArgumentException(
                    policy.sequences() + " sequences need as many labels and reference sums, not "
                            + part.labels().length + " and " + part.referenceSums().length);
        }
        var rows = (double) batch.examples();
        var divergence = Math.max(0.0, part.statistic());
        var weights = new float[policy.values().length];
        var loss = 0.0;
        var margins = 0.0;
        var correct = 0;
        for (var i = 0; i < policy.sequences(); i++) {
            var sign = part.labels()[i] > 0.0 ? 1.0 : -1.0;
            var weight = sign > 0.0 ? desirableWeight : undesirableWeight;
            var margin = beta * sign * (ratio(part, i) - divergence);
            // 1 − σ(x) is σ(−x), which keeps its digits
            var missed = Sigmoid.of(-margin);
            loss += weight * missed;
            var slope = -sign * weight * beta * missed * Sigmoid.of(margin) / rows;
            Arrays.fill(weights, policy.offsets()[i], policy.offsets()[i + 1], (float) slope);
            margins += margin;
            correct += margin > 0.0 ? 1 : 0;
        }
        var statistics = Map.of(
                KL, divergence * policy.sequences() / rows,
                MARGIN, margins / rows,
                ACCURACY, correct / rows);
        return new LossAndTokenGradients(loss / rows, weights, statistics);
    }

    private static double ratio(ScoredBatch part, int sequence) {
        return part.policy().sum(sequence) - part.referenceSums()[sequence];
    }
}
