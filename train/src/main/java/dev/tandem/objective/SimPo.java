package dev.tandem.objective;

import dev.tandem.data.example.RowShape;
import dev.tandem.yaml.Range;
import dev.tandem.yaml.Section;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Simple preference optimisation: DPO on the mean log-probs of the responses' tokens, without a reference, with a target
 * that the margin has to exceed. For a pair of margin m, the difference of the two means,
 *
 * <pre>
 * loss(m) = −(1−ε)·log σ(β·m − γ) − ε·log σ(γ − β·m)
 * </pre>
 *
 * Meng et al., <i>SimPO: Simple Preference Optimization with a Reference-Free Reward</i>, arXiv 2405.14734, eq. 6; ε as in
 * {@link Dpo}. This is the loss alone, as in the paper; TRL adds the NLL of the chosen response unless told not to, which is
 * {@code loss: [simpo, sft]} here.
 *
 * @param beta β &gt; 0; the paper has 2 to 2.5
 * @param gamma γ ≥ 0: the target margin of rewards; the paper has about half of β
 * @param labelSmoothing ε ∈ [0, 0.5)
 */
public record SimPo(double beta, double gamma, double labelSmoothing) implements PairLoss {
    private static final String GAMMA = "gamma";
    private static final Range GAMMAS = Range.NOT_NEGATIVE;

    /** {@code loss: simpo}. */
    public static final LossType TYPE =
            LossType.of("simpo", RowShape.PAIR, List.of(BETA, GAMMA, Dpo.SMOOTHING), SimPo::read);

    /** @throws dev.tandem.UserException if β is not above 0, γ below 0, or ε not in [0, 0.5) */
    public SimPo {
        // of which it is a shifted one
        new Dpo(beta, labelSmoothing);
        GAMMAS.require(GAMMA, gamma);
    }

    private static LossRecipe read(Section section) {
        var simpo = new SimPo(
                PairLoss.readBeta(section),
                section.optional(GAMMA, n -> section.number(GAMMA, n, GAMMAS)).orElse(0.5),
                Dpo.readSmoothing(section));
        var settings = new LinkedHashMap<String, Object>();
        settings.put(BETA, simpo.beta);
        settings.put(GAMMA, simpo.gamma);
        settings.put(Dpo.SMOOTHING, simpo.labelSmoothing);
        return new LossRecipe(TYPE.name(), settings, simpo);
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
        return shifted().loss(margin - gamma / beta);
    }

    @Override
    public double derivative(double margin) {
        return shifted().derivative(margin - gamma / beta);
    }

    private Dpo shifted() {
        return new Dpo(beta, labelSmoothing);
    }
}
