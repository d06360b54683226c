package dev.tandem.objective.pair;

import dev.tandem.data.example.RowShape;
import dev.tandem.objective.LossRecipe;
import dev.tandem.objective.LossType;
import java.util.List;
import java.util.Map;

/**
 * Identity preference optimisation: for a pair of margin m (without β)
 *
 * <pre>
 * loss(m) = (m − 1/(2β))²
 * d/dm    = 2·(m − 1/(2β))
 * </pre>
 *
 * Azar et al., <i>A General Theoretical Paradigm to Understand Learning from Human Preferences</i>, arXiv 2310.12036
 * (its τ is β here). Log-probs are sums over the response, not means over its tokens.
 *
 * @param beta β &gt; 0: the margin is drawn towards 1/(2β)
 */
public record Ipo(double beta) implements PairLoss {
    /** {@code loss: ipo}. */
    public static final LossType TYPE = LossType.of("ipo", RowShape.PAIR, List.of(BETA), section -> {
        var ipo = new Ipo(PairLoss.readBeta(section));
        return new LossRecipe("ipo", Map.of(BETA, ipo.beta), ipo);
    });

    /** @throws dev.tandem.UserException if β is not above 0 */
    public Ipo {
        PairLoss.requireBeta(BETA, beta);
    }

    @Override
    public double loss(double margin) {
        var miss = margin - 1.0 / (2.0 * beta);
        return miss * miss;
    }

    @Override
    public double derivative(double margin) {
        return 2.0 * (margin - 1.0 / (2.0 * beta));
    }
}
