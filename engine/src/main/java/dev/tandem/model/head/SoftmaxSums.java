package dev.tandem.model.head;

import dev.tandem.tensor.Tensors;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Sums of a softmax over the vocabulary, which arrives tile by tile. They are kept relative to the largest logit so far
 * and scaled down when a larger one comes (Milakov and Gimelshein, arXiv 1805.02867).
 */
final class SoftmaxSums {
    private final Tensor targets;
    private final Tensor max;
    private final Tensor sum;
    private final Tensor targetLogit;
    private final Optional<Tensor> weighted;
    private final Optional<LogitTransform> transform;

    /**
     * Creates empty sums.
     *
     * @param targets {@code [rows, 1]}, int64
     * @param hiddenSize hidden size, if {@link #gradient} is wanted as well
     * @param transform transform that produced the logits
     */
    SoftmaxSums(Tensor targets, Optional<Long> hiddenSize, Optional<LogitTransform> transform) {
        var rows = targets.size(0);
        var device = targets.device();
        this.targets = targets;
        this.transform = transform;
        max = Tensors.zeros(device, rows, 1).fill_(new Scalar(Double.NEGATIVE_INFINITY));
        sum = Tensors.zeros(device, rows, 1);
        targetLogit = Tensors.zeros(device, rows, 1);
        weighted = hiddenSize.map(size -> Tensors.zeros(device, rows, size));
    }

    /**
     * Adds a tile.
     *
     * @param logits {@code [rows, columns]}, float32; overwritten
     * @param w rows of the output matrix for these logits, {@code [columns, hidden]}
     * @param columns vocabulary entries of these logits
     */
    void add(Tensor logits, Tensor w, HeadTiles.Range columns) {
        var target = TargetsInTile.of(targets, columns);
        var slope = weighted.flatMap(total -> slope(logits)); // now, because the logits are overwritten below
        targetLogit.copy_(torch.where(target.here(), logits.gather(1, target.column()), targetLogit));
        var larger = torch.max(max, logits.amax(new long[] {1}, true));
        var shrink = max.sub(larger).exp_();
        max.copy_(larger);
        var exponentials = logits.sub_(larger).exp_();
        sum.mul_(shrink).add_(exponentials.sum(new long[] {1}, true, new ScalarTypeOptional()));
        slope.ifPresent(exponentials::mul_);
        weighted.ifPresent(total -> addProduct(total.mul_(shrink), exponentials, w));
    }

    private Optional<Tensor> slope(Tensor logits) {
        return transform.flatMap(t -> t.slope(logits));
    }

    /** Adds {@code a·b} to a float32 matrix; the product is computed in the dtype of b. */
    static void addProduct(Tensor total, Tensor a, Tensor b) {
        if (b.scalar_type().intern() == ScalarType.Float) {
            total.addmm_(a, b);
        } else {
            total.add_(a.to(b.scalar_type()).matmul(b));
        }
    }

    /** log Σ exp(logit), {@code [rows, 1]}. */
    Tensor logSum() {
        return sum.log().add_(max);
    }

    /** log softmax at the target: as (logit − max) − log Σ, which keeps more digits than using {@link #logSum}. */
    Tensor logProbs() {
        return targetLogit.sub(max).sub_(sum.log());
    }

    /**
     * Gradient of {@link #logProbs} by the hidden states, {@code [rows, hidden]}, float32: W[y] − softmax·W, each W[v] times the
     * slope of its logit.
     *
     * @param target W[y], {@code [rows, hidden]}
     */
    Tensor gradient(Tensor target) {
        var expected = weighted.orElseThrow().div(sum);
        var result = slope(targetLogit).map(target::mul).orElse(target).sub(expected);
        return transform
                .filter(t -> t.scale() != 1)
                .map(t -> result.mul_(new Scalar(t.scale())))
                .orElse(result);
    }

    /**
     * Where a tile of the vocabulary holds the tokens to predict.
     *
     * @param column column of the target within the tile, {@code [rows, 1]}, int64; any column if it is in another tile
     * @param here whether the target is in this tile, {@code [rows, 1]}
     */
    record TargetsInTile(Tensor column, Tensor here) {

        /** @param targets {@code [rows, 1]}, int64 */
        static TargetsInTile of(Tensor targets, HeadTiles.Range columns) {
            var offset = targets.sub(new Scalar(columns.from()));
            var column = offset.clamp(
                    new ScalarOptional(new Scalar(0L)), new ScalarOptional(new Scalar(columns.size() - 1)));
            return new TargetsInTile(column, column.eq(offset));
        }
    }
}
