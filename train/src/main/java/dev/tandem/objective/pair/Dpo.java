package dev.tandem.objective.pair;

import dev.tandem.data.example.RowShape;
import dev.tandem.objective.LossRecipe;
import dev.tandem.objective.LossType;
import dev.tandem.objective.Sigmoid;
import dev.tandem.yaml.Range;
import dev.tandem.yaml.Section;
import java.util.LinkedHashMap;
import java.util.List;

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
public record Dpo(double beta, double labelSmoothing) implements PairLoss {
    /** The key of ε in recipes. */
    static final String SMOOTHING = "label-smoothing";

    private static final Range SMOOTHINGS = Range.BELOW_HALF;
    private static final List<String> KEYS = List.of(BETA, SMOOTHING);

    /** {@code loss: dpo}, which takes a label smoothing too. */
    public static final LossType TYPE = LossType.of("dpo", RowShape.PAIR, KEYS, s -> read("dpo", s));

    /** {@code loss: cdpo}, which needs one. */
    public static final LossType CONSERVATIVE = LossType.of("cdpo", RowShape.PAIR, KEYS, Dpo::readConservative);

    /** @throws dev.tandem.UserException if β is not above 0 or ε not in [0, 0.5) */
    public Dpo {
        PairLoss.requireBeta(BETA, beta);
        SMOOTHINGS.require(SMOOTHING, labelSmoothing);
    }

    /** Plain DPO. */
    public Dpo(double beta) {
        this(beta, 0.0);
    }

    private static LossRecipe readConservative(Section section) {
        var result = read("cdpo", section);
        if (!result.settings().containsKey(SMOOTHING)) {
            throw section.problem(SMOOTHING, "loss: cdpo needs it above 0 (0.1, say); without it, it is loss: dpo");
        }
        return result;
    }

    /** Reads ε; 0 if the recipe does not say. */
    static double readSmoothing(Section section) {
        return section.number(SMOOTHING, SMOOTHINGS, 0.0);
    }

    private static LossRecipe read(String name, Section section) {
        var dpo = new Dpo(PairLoss.readBeta(section), readSmoothing(section));
        var settings = new LinkedHashMap<String, Object>();
        settings.put(BETA, dpo.beta);
        if (dpo.labelSmoothing > 0.0) {
            settings.put(SMOOTHING, dpo.labelSmoothing);
        }
        return new LossRecipe(name, settings, dpo);
    }

    @Override
    public double loss(double margin) {
        var reward = beta * margin;
        return (1.0 - labelSmoothing) * Sigmoid.minusLog(reward) + labelSmoothing * Sigmoid.minusLog(-reward);
    }

    @Override
    public double derivative(double margin) {
        var reward = beta * margin;
        return -(1.0 - labelSmoothing) * beta * Sigmoid.of(-reward) + labelSmoothing * beta * Sigmoid.of(reward);
    }
}
