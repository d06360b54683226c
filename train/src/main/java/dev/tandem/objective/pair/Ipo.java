package dev.tandem.objective.pair;

import dev.tandem.data.example.RowShape;
import dev.tandem.objective.LossRecipe;
import dev.tandem.objective.LossType;
import dev.tandem.text.KebabCase;
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
 * (its τ is β here). The paper's log-probs are those of whole responses, which are sums. TRL ({@code loss_type: ipo}) takes means
 * over the tokens of each response, as the authors advised its maintainers, so its β has another scale.
 *
 * @param beta β &gt; 0: the margin is drawn towards 1/(2β)
 * @param average whether log-probs are sums over a response or means over its tokens
 */
public record Ipo(double beta, Average average) implements PairLoss {
    private static final String AVERAGE = "average";

    /** {@code loss: ipo}. */
    public static final LossType TYPE = LossType.of("ipo", RowShape.PAIR, List.of(BETA, AVERAGE), section -> {
        var average = section.optional(AVERAGE, n -> section.choice(AVERAGE, n, Average.class))
                .orElse(Average.NONE);
        var ipo = new Ipo(PairLoss.readBeta(section), average);
        return new LossRecipe("ipo", Map.of(BETA, ipo.beta, AVERAGE, KebabCase.of(average)), ipo);
    });

    /** What a response's log-prob is. */
    public enum Average {
        /** The sum over its tokens. */
        NONE,
        /** The mean over its tokens. */
        TOKENS
    }

    /** @throws dev.tandem.UserException if β is not above 0 */
    public Ipo {
        PairLoss.requireBeta(BETA, beta);
    }

    /** IPO on sums. */
    public Ipo(double beta) {
        this(beta, Average.NONE);
    }

    @Override
    public double divisor(int tokens) {
        return average == Average.TOKENS ? tokens : 1.0;
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
