package dev.tandem.model;

import dev.tandem.tensor.Tensors;
import java.util.OptionalInt;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Causal self-attention of one block over packed sequences; a token sees only its own sequence. */
final class Attention {
    private final ModelConfig config;
    private final Weights weights;
    private final QkvProjection projection;
    private final Linear output;
    private final String queryNorm;
    private final String keyNorm;
    private final OptionalInt window;

    Attention(ModelConfig config, ModuleNames names, int layer, LinearModules linears, Weights weights) {
        this.config = config;
        this.weights = weights;
        this.projection = QkvProjection.of(config, names, layer, linears);
        this.output = linears.get(names.attention(layer, names.attentionOutput()));
        this.queryNorm = names.attention(layer, names.queryNorm()) + ".weight";
        this.keyNorm = names.attention(layer, names.keyNorm()) + ".weight";
        this.window = config.attentionWindows().get(layer);
    }

    /** How far back a row sees, itself included; absent: to the beginning. */
    OptionalInt window() {
        return window;
    }

    /**
     * Attends.
     *
     * @param x normalised input, {@code [tokens, hidden]}
     * @param plan for this block's window
     * @return {@code [tokens, hidden]}
     */
    Tensor apply(Tensor x, RopeTable rope, AttentionPlan plan, Dropout dropout) {
        var qkv = projection.apply(x, dropout);
        // float32 whatever the weights: libtorch's bfloat16 attention is an order of magnitude slower on CPUs
        var query = rope.rotate(toFloat(normed(qkv.query(), queryNorm)));
        var key = rope.rotate(toFloat(normed(qkv.key(), keyNorm)));
        var value = toFloat(qkv.value());
        var results = plan.parts().stream()
                .map(part -> attend(part, query, key, value))
                .toArray(Tensor[]::new);
        var joined = results.length == 1 ? results[0] : Tensors.cat(0, results);
        var mixed = plan.order().map(rows -> joined.index_select(0, rows)).orElse(joined);
        return output.apply(Weights.cast(mixed, x.scalar_type()), dropout);
    }

    private Tensor attend(AttentionPlan.Part part, Tensor query, Tensor key, Tensor value) {
        if (part instanceof AttentionPlan.Equal equal) {
            var rows = (long) equal.count() * equal.length();
            return attend(
                    query.narrow(0, equal.from(), rows),
                    key.narrow(0, equal.from(), rows),
                    value.narrow(0, equal.from(), rows),
                    equal.count(),
                    new TensorOptional());
        }
        if (part instanceof AttentionPlan.Masked masked) {
            var span = masked.span();
            return attend(
                    query.narrow(0, span.from(), span.length()),
                    seen(span, key),
                    seen(span, value),
                    1,
                    new TensorOptional(masked.mask()));
        }
        var padded = (AttentionPlan.Padded) part;
        return attend(
                query.index_select(0, padded.rows()),
                key.index_select(0, padded.rows()),
                value.index_select(0, padded.rows()),
                padded.count(),
                new TensorOptional());
    }

    /** The rows a span may see: its prefix, then itself. */
    private static Tensor seen(PackedSequences.Span span, Tensor rows) {
        var own = rows.narrow(0, span.from(), span.length());
        return span.prefix() == 0 ? own : Tensors.cat(0, rows.narrow(0, span.prefixFrom(), span.prefix()), own);
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
                new DoubleOptional(),
                config.kvHeads() != config.heads());
        return attended.transpose(1, 2).reshape(query.size(0), config.queryWidth());
    }

    private Tensor normed(Tensor heads, String norm) {
        if (!config.qkNorm()) {
            return heads;
        }
        return torch.rms_norm(
                heads,
                new long[] {config.headDim()},
                weights.optional(norm),
                new DoubleOptional(config.norm().eps()));
    }

    /** {@code [count·length, heads, headDim]} → {@code [count, heads, length, headDim]}, a view where it can be. */
    private static Tensor heads(Tensor rows, int count) {
        return rows.reshape(count, rows.size(0) / count, rows.size(1), rows.size(2))
                .transpose(1, 2);
    }

    private static Tensor toFloat(Tensor tensor) {
        return Weights.cast(tensor, ScalarType.Float);
    }
}
