package dev.tandem.objective.pair;

import dev.tandem.data.example.RowShape;
import dev.tandem.objective.LossRecipe;
import dev.tandem.objective.LossType;
import dev.tandem.yaml.Range;
import java.util.List;
import java.util.Map;

/**
 * Simple preference optimisation, without a reference: with m the difference of the two responses' <em>mean</em> log-probs
 *
 * <pre>
 * loss(m) = −(1−ε)·log σ(β·m − γ) − ε·log σ(−(β·m − γ))
 * </pre>
 *
 * Meng et al., <i>SimPO: Simple Preference Optimization with a Reference-Free Reward</i>, arXiv 2405.14734, eq. 6; ε as in
 * {@link Dpo}. This is the pure loss. TRL's CPOTrainer with {@code loss_type: simpo} adds the chosen answers' SFT loss by default
 * ({@code cpo_alpha: 1}), which is {@code loss: [simpo, sft]} here, and its β defaults to 0.1.
 *
 * @param beta β &gt; 0
 * @param gamma γ ≥ 0, the reward margin that a chosen response should have (TRL's {@code simpo_gamma})
 * @param labelSmoothing ε ∈ [0, 0.5)
 */
public record SimPo(double beta, double gamma, double labelSmoothing) implements PairLoss {
    private static final String GAMMA = "gamma";
    private static final Range GAMMAS = Range.NOT_NEGATIVE;

    /** The paper's. */
    private static final double USUAL_BETA = 2.0;

    private static final double USUAL_GAMMA = 0.5;

    /** {@code loss: simpo}. */
    public static final LossType TYPE =
            LossType.of("simpo", RowShape.PAIR, List.of(BETA, GAMMA, Dpo.SMOOTHING), section -> {
                var loss = new SimPo(
                        PairLoss.readBeta(section, USUAL_BETA),
                        section.number(GAMMA, GAMMAS, USUAL_GAMMA),
                        Dpo.readSmoothing(section));
                return new LossRecipe(
                        "simpo", Map.of(BETA, loss.beta, GAMMA, loss.gamma, Dpo.SMOOTHING, loss.labelSmoothing), loss);
            });

    /** @throws dev.tandem.UserException if β is not above 0, γ below 0, or ε not in [0, 0.5) */
    public SimPo {
        PairLoss.requireBeta(BETA, beta);
        GAMMAS.require(GAMMA, gamma);
        Range.BELOW_HALF.require(Dpo.SMOOTHING, labelSmoothing);
    }

    @Override
    public boolean needsReference() {
        return false;
    }

    @Override
    public double divisor(int tokens) {
        return tokens;
    }

    @Override
    public double loss(double margin) {
        return sigmoidLoss().loss(margin - gamma / beta);
    }

    @Override
    public double derivative(double margin) {
        return sigmoidLoss().derivative(margin - gamma / beta);
    }

    private Dpo sigmoidLoss() {
        return new Dpo(beta, labelSmoothing);
    }
}
