package dev.tandem.model.head;

import dev.tandem.math.TokenStatistic;
import dev.tandem.tensor.Tensors;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Statistics of a softmax over the vocabulary that is seen tile by tile. As in {@link SoftmaxSums}, sums are kept relative to
 * the largest logit so far.
 */
final class DistributionSums {
    private static final long[] COLUMNS = {1};

    private final Tensor max;
    private final Tensor exponentials;
    private final Tensor squares;
    private final Tensor weighted;
    private final Tensor logits;
    private long entries;

    /** Nothing summed yet. */
    DistributionSums(Device device, long rows) {
        max = Tensors.zeros(device, rows, 1);
        exponentials = Tensors.zeros(device, rows, 1);
        squares = Tensors.zeros(device, rows, 1);
        weighted = Tensors.zeros(device, rows, 1);
        logits = Tensors.zeros(device, rows, 1);
    }

    /**
     * Adds a tile.
     *
     * @param tile logits, {@code [rows, columns]}, float32; not changed
     */
    void add(Tensor tile) {
        var largest = tile.amax(COLUMNS, true);
        var larger = entries == 0 ? largest : torch.max(max, largest);
        var step = max.sub(larger);
        var shrink = step.exp();
        // Σ e^(z−m)·(z−m) with a larger m
        weighted.add_(exponentials.mul(step)).mul_(shrink);
        exponentials.mul_(shrink);
        squares.mul_(shrink.square());
        max.copy_(larger);
        var relative = tile.sub(larger);
        var e = relative.exp();
        weighted.add_(sum(relative.mul_(e)));
        exponentials.add_(sum(e));
        squares.add_(sum(e.square_()));
        logits.add_(sum(tile));
        entries += tile.size(1);
    }

    private static Tensor sum(Tensor tile) {
        return tile.sum(COLUMNS, true, new ScalarTypeOptional());
    }

    /** A statistic of each row, {@code [rows, 1]}. */
    Tensor value(TokenStatistic statistic) {
        var logSum = exponentials.log();
        return switch (statistic) {
            case MEAN_LOG_PROB ->
                logits.div(new Scalar((double) entries)).sub_(max).sub_(logSum);
            case LOG_SUM_SQUARES -> squares.log().sub_(logSum.mul_(new Scalar(2.0)));
            case ENTROPY -> logSum.sub_(weighted.div(exponentials));
        };
    }

    /** Statistics of all tokens, to be filled row by row. */
    static Map<TokenStatistic, float[]> empty(Set<TokenStatistic> wanted, int tokens) {
        var result = new EnumMap<TokenStatistic, float[]>(TokenStatistic.class);
        wanted.forEach(statistic -> result.put(statistic, new float[tokens]));
        return result;
    }
}
