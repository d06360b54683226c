package dev.tandem.model.head;

import dev.tandem.math.TokenStatistic;
import dev.tandem.model.layer.ParameterStore;
import dev.tandem.model.layer.UnitHooks;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.parallel.IntraOpPool;
import dev.tandem.tensor.parallel.PackedMatrix;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The output head: token log-probs and their gradient, tile by tile, so that the {@code [tokens, vocabulary]} logits
 * never exist as a whole.
 *
 * <p>For a token y with hidden state h and output matrix W,
 * {@code log p(y) = (W h)_y − logsumexp(W h)} and {@code ∂ log p(y)/∂h = W[y] − softmax(W h)·W}; with a
 * {@link LogitTransform} its z takes the place of W h.
 */
public final class OutputHead {
    private final ParameterStore weights;
    private final String name;
    private final Device device;
    private final HeadTiles tiles;
    private final Optional<LogitTransform> transform;
    private final int unit;
    private UnitHooks units = UnitHooks.WHOLE;
    private Optional<PackedMatrix> packed = Optional.empty();

    /**
     * @param unit unit of the model that the output matrix belongs to
     * @param transform transform of the logits; absent: they are W h
     */
    public OutputHead(
            ParameterStore weights,
            String name,
            int unit,
            Device device,
            HeadTiles tiles,
            Optional<LogitTransform> transform) {
        this.unit = unit;
        this.weights = weights;
        this.name = name;
        this.device = device;
        this.tiles = tiles;
        this.transform = transform;
    }

    /**
     * Log-probs of tokens, and the sums that a second pass needs.
     *
     * @param logProbs {@code [trained tokens]}
     * @param logSums logsumexp of the logits, {@code [trained tokens]}
     * @param statistics that were asked for, each {@code [trained tokens]}
     */
    public record Scores(float[] logProbs, float[] logSums, Map<TokenStatistic, float[]> statistics) {

        /** Scores of no token. */
        public static Scores none(Set<TokenStatistic> wanted) {
            return new Scores(new float[0], new float[0], DistributionSums.empty(wanted, 0));
        }
    }

    /**
     * Log-probs of the trained tokens, without a gradient.
     *
     * @param hidden hidden states that predict them, {@code [trained tokens, hidden]}
     * @param targets the trained tokens, {@code [trained tokens]}
     */
    public Scores logProbs(Tensor hidden, int[] targets) {
        return logProbs(hidden, targets, Set.of());
    }

    /**
     * Log-probs of the trained tokens and statistics of their distributions, without a gradient.
     *
     * @param hidden hidden states that predict them, {@code [trained tokens, hidden]}
     * @param targets the trained tokens, {@code [trained tokens]}
     * @param wanted statistics
     */
    public Scores logProbs(Tensor hidden, int[] targets, Set<TokenStatistic> wanted) {
        return score(hidden, targets, Optional.empty(), wanted);
    }

    /**
     * Log-probs of the trained tokens and, for each, its gradient with respect to its hidden state.
     *
     * @param hidden {@code [trained tokens, hidden]}
     * @param targets {@code [trained tokens]}
     * @param gradient filled with ∂ log p/∂h, {@code [trained tokens, hidden]}, in the hidden states' dtype
     */
    public Scores logProbsAndGradient(Tensor hidden, int[] targets, Tensor gradient) {
        return score(hidden, targets, Optional.of(gradient), Set.of());
    }

    private Scores score(Tensor hidden, int[] targets, Optional<Tensor> gradient, Set<TokenStatistic> wanted) {
        var logProbs = new float[targets.length];
        var logSums = new float[targets.length];
        var statistics = DistributionSums.empty(wanted, targets.length);
        scan(targets, (w, rows, chunkTargets) -> {
            var sums = new SoftmaxSums(chunkTargets, gradient.map(g -> g.size(1)), transform);
            var distribution = wanted.isEmpty()
                    ? Optional.<DistributionSums>empty()
                    : Optional.of(new DistributionSums(device, rows.size()));
            eachTile(rows.of(hidden), w, (logits, tile, columns) -> {
                distribution.ifPresent(d -> d.add(logits)); // now: the logits are overwritten
                sums.add(logits, tile, columns);
            });
            distribution.ifPresent(
                    d -> statistics.forEach((statistic, values) -> copy(d.value(statistic), values, rows)));
            copy(sums.logProbs(), logProbs, rows);
            copy(sums.logSum(), logSums, rows);
            gradient.ifPresent(all -> rows.of(all).copy_(sums.gradient(w.index_select(0, chunkTargets.squeeze(1)))));
        });
        return new Scores(logProbs, logSums, statistics);
    }

    /**
     * Gradient of {@code Σ_t weights_t · log p_t}, and of statistics alike, with respect to hidden states and output matrix: a
     * second pass, for a trainable head or after a first pass that computed only log-probs.
     *
     * @param hidden {@code [trained tokens, hidden]}
     * @param targets {@code [trained tokens]}
     * @param scores of the first pass, with the statistics that the loss has a gradient by
     * @param tokens the loss's derivatives
     * @param gradient filled with ∂loss/∂h, {@code [trained tokens, hidden]}
     * @param weightGradient ∂loss/∂W is added to it, {@code [vocabulary, hidden]}, float32; absent: the head is frozen
     */
    public void backward(
            Tensor hidden,
            int[] targets,
            Scores scores,
            TokenGradients tokens,
            Tensor gradient,
            Optional<Tensor> weightGradient) {
        scan(targets, (w, rows, chunkTargets) -> {
            var scale = scaled(rows.column(tokens.logProbs(), device));
            var sums = rows.column(scores.logSums(), device);
            var statistics = tokens.statistics(rows, scores, device);
            var chunk = rows.of(hidden);
            var total = Tensors.zeros(device, rows.size(), w.size(1));
            eachTile(chunk, w, (logits, tile, columns) -> {
                // w_t · (onehot − softmax), in place of the logits
                var target = SoftmaxSums.TargetsInTile.of(chunkTargets, columns);
                var slope = transform.flatMap(t -> t.slope(logits));
                var logProbs = logits.sub_(sums);
                var ofStatistics = statistics.map(s -> scaled(s.of(logProbs, w.size(0))));
                var residual =
                        logProbs.exp_().mul_(scale.neg()).scatter_add_(1, target.column(), scale.mul(target.here()));
                ofStatistics.ifPresent(residual::add_);
                slope.ifPresent(residual::mul_);
                SoftmaxSums.addProduct(total, residual, tile);
                weightGradient.ifPresent(
                        sum -> columns.of(sum).addmm_(residual.t(), ParameterStore.cast(chunk, ScalarType.Float)));
            });
            rows.of(gradient).copy_(total);
        });
    }

    /** Uses a packed copy of the output matrix from now on, for {@link #logits}. */
    public void pack(IntraOpPool team, TensorOwner owner) {
        packed = Optional.of(PackedMatrix.of(List.of(weights.factor(name)), List.of(), team, owner));
    }

    /**
     * Logits of single positions, for generation.
     *
     * @param hidden {@code [rows, hidden]}
     * @return {@code [rows][vocabulary]}
     */
    public float[][] logits(Tensor hidden) {
        if (transform.isEmpty()) {
            return packed.map(matrix -> matrix.rows(weights.toProducts(hidden)))
                    .orElseGet(() -> Tensors.toRows(logits(hidden, weights.factor(name))));
        }
        return Tensors.toRows(packed.map(matrix -> transformed(matrix.product(weights.toProducts(hidden))))
                .orElseGet(() -> logits(hidden, weights.factor(name))));
    }

    private Tensor logits(Tensor hidden, Tensor w) {
        return transformed(torch.linear(ParameterStore.cast(hidden, w.scalar_type()), w));
    }

    /** @param product W h, in the dtype of products; overwritten @return the logits, float32 */
    private Tensor transformed(Tensor product) {
        var logits = ParameterStore.cast(product, ScalarType.Float);
        return transform.map(t -> t.apply(scaled(logits))).orElse(logits);
    }

    /** Multiplies by the scale, in place. */
    private Tensor scaled(Tensor tensor) {
        return transform
                .filter(t -> t.scale() != 1)
                .map(t -> tensor.mul_(new Scalar(t.scale())))
                .orElse(tensor);
    }

    private interface RowsWork {
        /**
         * @param w output matrix, {@code [vocabulary, hidden]}
         * @param targets {@code [rows, 1]}, int64
         */
        void accept(Tensor w, HeadTiles.Range rows, Tensor targets);
    }

    private interface TileWork {
        /**
         * @param logits {@code [rows, columns]}, float32; may be overwritten
         * @param w output matrix, {@code [columns, hidden]}
         */
        void accept(Tensor logits, Tensor w, HeadTiles.Range columns);
    }

    /** Sets the hooks that are notified of the output matrix's use. */
    public void units(UnitHooks newUnits) {
        units = newUnits;
    }

    private void scan(int[] targets, RowsWork work) {
        units.enter(unit);
        scanned(targets, work);
        units.leave(unit);
    }

    private void scanned(int[] targets, RowsWork work) {
        try (var outer = new PointerScope();
                var guard = new NoGradGuard()) {
            var w = weights.factor(name); // read only once, because it may be a cast of the float32 copy
            for (var rows : tiles.rowsOf(targets.length)) {
                try (var inner = new PointerScope()) {
                    work.accept(w, rows, rows.column(targets, device));
                }
            }
        }
    }

    private void eachTile(Tensor hidden, Tensor w, TileWork work) {
        for (var columns : tiles.columnsOf(w.size(0))) {
            try (var scope = new PointerScope()) {
                var tile = columns.of(w);
                work.accept(logits(hidden, tile), tile, columns);
            }
        }
    }

    private static void copy(Tensor values, float[] to, HeadTiles.Range rows) {
        System.arraycopy(Tensors.toFloats(values), 0, to, (int) rows.from(), (int) rows.size());
    }
}
