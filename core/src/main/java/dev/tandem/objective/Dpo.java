package dev.tandem.objective;

import dev.tandem.UserException;

/**
 * Direct preference optimisation (sigmoid loss), conservative when ε &gt; 0: for a pair of margin m
 *
 * <pre>
 * loss(m) = −(1−ε)·log σ(β·m) − ε·log σ(−β·m)
 * d/dm    = −(1−ε)·β·σ(−β·m) + ε·β·σ(β·m)
 * </pre>
 *
 * Rafailov et al., <i>Direct Preference Optimization</i>, arXiv 2305.18290, eq. 7; ε, the probability that a label is
 * flipped, after Mitchell, <i>A note on DPO with noisy preferences</i> (2023).
 *
 * @param beta β &gt; 0
 * @param labelSmoothing ε ∈ [0, 0.5); 0 is plain DPO
 */
public record Dpo(double beta, double labelSmoothing) implements PreferenceObjective {

    /** @throws UserException if β is not above 0 or ε not in [0, 0.5) */
    public Dpo {
        Checks.beta(beta);
        if (!(labelSmoothing >= 0.0 && labelSmoothing < 0.5)) {
            throw new UserException("label-smoothing is " + labelSmoothing
                    + ", but it is the share of wrong labels: at least 0 and below 0.5");
        }
    }

    /** Plain DPO. */
    public Dpo(double beta) {
        this(beta, 0.0);
    }

    @Override
    public double loss(double margin) {
        var reward = beta * margin;
        return (1.0 - labelSmoothing) * minusLogSigmoid(reward) + labelSmoothing * minusLogSigmoid(-reward);
    }

    @Override
    public double derivative(double margin) {
        var reward = beta * margin;
        return -(1.0 - labelSmoothing) * beta * sigmoid(-reward) + labelSmoothing * beta * sigmoid(reward);
    }

    /** −log σ(x); exp only ever sees −|x|, so nothing overflows and small losses keep their digits. */
    private static double minusLogSigmoid(double x) {
        return Math.max(-x, 0.0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    private static double sigmoid(double x) {
        var small = Math.exp(-Math.abs(x));
        return (x >= 0.0 ? 1.0 : small) / (1.0 + small);
    }
}
