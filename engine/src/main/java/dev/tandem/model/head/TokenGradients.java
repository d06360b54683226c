package dev.tandem.model.head;

import dev.tandem.math.TokenStatistic;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * What a loss is differentiated by at each trained token.
 *
 * @param logProbs ∂loss/∂log p of each token, {@code [trained tokens]}
 * @param statistics ∂loss/∂s of the statistics s that the loss has a gradient by, each {@code [trained tokens]}
 */
public record TokenGradients(float[] logProbs, Map<TokenStatistic, float[]> statistics) {
    public TokenGradients {
        statistics = Map.copyOf(statistics);
    }

    /** A loss of log-probs alone. */
    public static TokenGradients of(float[] logProbs) {
        return new TokenGradients(logProbs, Map.of());
    }

    /** The statistics' part for a range of tokens; absent if there is none. */
    Optional<Statistics> statistics(HeadTiles.Range rows, OutputHead.Scores scores, Device device) {
        return statistics.isEmpty() ? Optional.empty() : Optional.of(new Statistics(this, rows, scores, device));
    }

    /** ∂loss/∂z of the statistics, for a tile of logits z of a range of tokens. */
    static final class Statistics {
        private final Optional<Tensor> mean;
        private final Optional<Tensor> squares;
        private final Optional<Tensor> logSquares;
        private final Optional<Tensor> entropy;
        private final Optional<Tensor> entropyValue;

        private Statistics(TokenGradients all, HeadTiles.Range rows, OutputHead.Scores scores, Device device) {
            mean = column(all.statistics, TokenStatistic.MEAN_LOG_PROB, rows, device);
            squares = column(all.statistics, TokenStatistic.LOG_SUM_SQUARES, rows, device);
            logSquares =
                    squares.flatMap(s -> column(scores.statistics(), TokenStatistic.LOG_SUM_SQUARES, rows, device));
            entropy = column(all.statistics, TokenStatistic.ENTROPY, rows, device);
            entropyValue = entropy.flatMap(e -> column(scores.statistics(), TokenStatistic.ENTROPY, rows, device));
        }

        private static Optional<Tensor> column(
                Map<TokenStatistic, float[]> all, TokenStatistic statistic, HeadTiles.Range rows, Device device) {
            return Optional.ofNullable(all.get(statistic)).map(values -> rows.column(values, device));
        }

        /**
         * The gradient by a tile's logits:
         *
         * <pre>
         * ∂ mean log p / ∂z_v = 1/V − p_v
         * ∂ log Σp²    / ∂z_v = 2·(p_v²/Σp² − p_v)
         * ∂ entropy    / ∂z_v = −p_v·(log p_v + entropy)
         * </pre>
         *
         * @param logProbs log p of the tile, {@code [rows, columns]}; not changed
         * @param vocabSize V
         * @return {@code [rows, columns]}
         */
        Tensor of(Tensor logProbs, long vocabSize) {
            var p = logProbs.exp();
            var result = torch.zeros_like(logProbs);
            mean.ifPresent(w -> result.sub_(p.mul(w)).add_(w.div(new Scalar((double) vocabSize))));
            squares.ifPresent(w -> result.add_(logProbs.mul(new Scalar(2.0))
                    .sub_(logSquares.orElseThrow())
                    .exp_()
                    .sub_(p)
                    .mul_(w.mul(new Scalar(2.0)))));
            entropy.ifPresent(w ->
                    result.sub_(logProbs.add(entropyValue.orElseThrow()).mul_(p).mul_(w)));
            return result;
        }
    }
}
