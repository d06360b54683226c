package dev.tandem.model.attention;

import dev.tandem.model.batch.AttentionPlan;
import dev.tandem.model.batch.VariableLengthKernel;
import dev.tandem.model.config.AttentionSpec;
import dev.tandem.model.layer.Dropout;
import dev.tandem.model.layer.Linear;
import dev.tandem.model.layer.LinearModules;
import dev.tandem.model.layer.ParameterStore;
import dev.tandem.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Causal self-attention of one block over packed sequences; a token sees only its own sequence. */
public final class Attention {
    private final AttentionSpec spec;
    private final QkvProjection projection;
    private final Linear output;
    private final int layer;
    private final Optional<VariableLengthKernel> kernel;

    /**
     * @param layer number of the block
     * @param kernel kernel for plans of one call
     */
    public Attention(
            AttentionSpec spec,
            int layer,
            LinearModules linears,
            ParameterStore weights,
            Optional<VariableLengthKernel> kernel) {
        this.spec = spec;
        this.kernel = kernel;
        this.layer = layer;
        this.projection = new QkvProjection(spec, linears, weights);
        this.output = linears.get(spec.output());
    }

    /** The shape, window and rotary embedding of this attention. */
    public AttentionSpec spec() {
        return spec;
    }

    /**
     * Computes attention.
     *
     * @param x normalised input, {@code [tokens, hidden]}
     * @param plan attention plan for this block's window
     * @return {@code [tokens, hidden]}
     */
    public Tensor apply(Tensor x, RopeTable rope, AttentionPlan plan, Dropout dropout) {
        var qkv = projection.apply(x, rope, dropout);
        var rows = plan.rows().stream().mapToLong(Long::longValue).toArray();
        var pieces = new Pieces(
                Tensors.split(qkv.query(), 0, rows),
                Tensors.split(qkv.key(), 0, rows),
                Tensors.split(qkv.value(), 0, rows),
                new Tensor[rows.length]);
        plan.parts().forEach(part -> attend(part, pieces));
        var mixed = rows.length == 1 ? pieces.results()[0] : Tensors.cat(0, pieces.results());
        return output.apply(ParameterStore.cast(mixed, x.scalar_type()), dropout);
    }

    /**
     * Query, key and value of new tokens.
     *
     * @param x normalised input, {@code [new tokens, hidden]}
     */
    public QkvProjection.Qkv project(Tensor x, Rotation rope) {
        return projection.apply(x, rope, Dropout.none());
    }

    /**
     * Computes attention from new tokens to all of their sequences.
     *
     * @return {@code [new tokens, heads·headDim]}, float32
     */
    public Tensor attend(QkvProjection.Qkv qkv, CachedAttention cached) {
        return cached.attend(layer, spec, qkv);
    }

    /**
     * Computes the block's contribution to the residual stream.
     *
     * @param mixed result of {@link #attend}, {@code [new tokens, heads·headDim]}
     * @param type dtype of activations
     * @return {@code [new tokens, hidden]}
     */
    public Tensor output(Tensor mixed, ScalarType type) {
        return output.apply(ParameterStore.cast(mixed, type), Dropout.none());
    }

    /**
     * A batch in the pieces of its plan.
     *
     * @param queries {@code [rows, heads, headDim]} each
     * @param keys {@code [rows, kvHeads, headDim]} each
     * @param values {@code [rows, kvHeads, headDim]} each
     * @param results filled with the results, {@code [rows, heads·headDim]} each
     */
    private record Pieces(List<Tensor> queries, List<Tensor> keys, List<Tensor> values, Tensor[] results) {}

    private void attend(AttentionPlan.Part part, Pieces pieces) {
        if (part instanceof AttentionPlan.Equal equal) {
            var i = equal.piece();
            pieces.results()[i] = attend(
                    pieces.queries().get(i),
                    pieces.keys().get(i),
                    pieces.values().get(i),
                    equal.count(),
                    new TensorOptional());
        } else if (part instanceof AttentionPlan.Masked masked) {
            var i = masked.piece();
            pieces.results()[i] = attend(
                    pieces.queries().get(i),
                    seen(masked, pieces.keys()),
                    seen(masked, pieces.values()),
                    1,
                    new TensorOptional(masked.mask()));
        } else if (part instanceof AttentionPlan.Ragged ragged) {
            pieces.results()[0] = attend(ragged, pieces);
        } else {
            attend((AttentionPlan.Padded) part, pieces);
        }
    }

    private Tensor attend(AttentionPlan.Ragged ragged, Pieces pieces) {
        var query = pieces.queries().get(0);
        return kernel.orElseThrow()
                .attend(
                        query,
                        seen(ragged, pieces.keys().get(0)),
                        seen(ragged, pieces.values().get(0)),
                        ragged.spans(),
                        spec.ownScale())
                .reshape(query.size(0), spec.queryWidth());
    }

    private static Tensor seen(AttentionPlan.Ragged ragged, Tensor rows) {
        return ragged.keyRows().map(order -> rows.index_select(0, order)).orElse(rows);
    }

    /** The rows that a span may see: its prefix, then its own. */
    private static Tensor seen(AttentionPlan.Masked masked, List<Tensor> pieces) {
        var own = pieces.get(masked.piece());
        return masked.prefix() == 0
                ? own
                : Tensors.cat(0, pieces.get(masked.prefixPiece()).narrow(0, masked.prefixFrom(), masked.prefix()), own);
    }

    private void attend(AttentionPlan.Padded padded, Pieces pieces) {
        var attended = attend(
                padded(padded, pieces.queries()),
                padded(padded, pieces.keys()),
                padded(padded, pieces.values()),
                padded.pieces().size(),
                new TensorOptional());
        // a span, its padding, the next span, …
        var sizes = new long[2 * padded.pieces().size()];
        for (var i = 0; i < padded.pieces().size(); i++) {
            sizes[2 * i] = pieces.queries().get(padded.pieces().get(i)).size(0);
            sizes[2 * i + 1] = padded.length() - sizes[2 * i];
        }
        var parts = Tensors.split(attended, 0, sizes);
        for (var i = 0; i < padded.pieces().size(); i++) {
            pieces.results()[padded.pieces().get(i)] = parts.get(2 * i);
        }
    }

    private static Tensor padded(AttentionPlan.Padded padded, List<Tensor> pieces) {
        var shortest = pieces.get(padded.pieces().get(0));
        var zeros = Tensors.zeros(
                shortest.device(), padded.length() - shortest.size(0), shortest.size(1), shortest.size(2));
        var rows = new ArrayList<Tensor>();
        for (var i : padded.pieces()) {
            var piece = pieces.get(i);
            rows.add(piece);
            rows.add(zeros.narrow(0, 0, padded.length() - piece.size(0)));
        }
        return Tensors.cat(0, rows.toArray(Tensor[]::new));
    }

    /**
     * Sequences of equal length: {@code [count·length, heads, headDim]} each → {@code [count·length, heads·headDim]}.
     * Without a mask a row sees those before it.
     */
    private Tensor attend(Tensor query, Tensor key, Tensor value, int count, TensorOptional mask) {
        var attended = torch.scaled_dot_product_attention(
                heads(query, count),
                heads(key, count),
                heads(value, count),
                mask,
                0.0,
                !mask.has_value(),
                scale(spec),
                spec.kvHeads() != spec.heads());
        return attended.transpose(1, 2).reshape(query.size(0), spec.queryWidth());
    }

    /** The factor of the scores as libtorch takes it: absent means 1/√headDim. */
    static DoubleOptional scale(AttentionSpec spec) {
        var own = spec.ownScale();
        return own.isPresent() ? new DoubleOptional(own.getAsDouble()) : new DoubleOptional();
    }

    /** {@code [count·length, heads, headDim]} → {@code [count, heads, length, headDim]}, a view where it can be. */
    private static Tensor heads(Tensor rows, int count) {
        return rows.reshape(count, rows.size(0) / count, rows.size(1), rows.size(2))
                .transpose(1, 2);
    }
}
