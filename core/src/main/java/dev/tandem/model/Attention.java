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

    /**
     * @param x normalised input, {@code [tokens, hidden]}
     * @return {@code [tokens, hidden]}
     */
    Tensor apply(Tensor x, RopeTable rope, int[] starts, Dropout dropout) {
        var qkv = projection.apply(x, dropout);
        // float32 whatever the weights: libtorch's bfloat16 attention is an order of magnitude slower on CPUs
        var query = rope.rotate(toFloat(normed(qkv.query(), queryNorm)));
        var key = rope.rotate(toFloat(normed(qkv.key(), keyNorm)));
        var value = toFloat(qkv.value());
        var sequences = starts.length - 1;
        var parts = new Tensor[sequences];
        for (var s = 0; s < sequences; s++) {
            var from = starts[s];
            var length = starts[s + 1] - from;
            parts[s] =
                    attend(query.narrow(0, from, length), key.narrow(0, from, length), value.narrow(0, from, length));
        }
        var mixed = sequences == 1 ? parts[0] : Tensors.cat(0, parts);
        return output.apply(Weights.cast(mixed, x.scalar_type()), dropout);
    }

    /** One sequence: {@code [length, heads, headDim]} each → {@code [length, heads·headDim]}. */
    private Tensor attend(Tensor query, Tensor key, Tensor value) {
        var length = query.size(0);
        var banded = window.isPresent() && length > window.getAsInt();
        var mask = banded ? new TensorOptional(band(length, window.getAsInt(), query)) : new TensorOptional();
        var attended = torch.scaled_dot_product_attention(
                heads(query),
                heads(key),
                heads(value),
                mask,
                0.0,
                !banded,
                new DoubleOptional(),
                config.kvHeads() != config.heads());
        return attended.squeeze(0).transpose(0, 1).reshape(length, config.queryWidth());
    }

    /** Which keys a query sees when attention reaches {@code width} tokens back: {@code [length, length]}, bool. */
    private static Tensor band(long length, int width, Tensor like) {
        var ones = torch.ones(new long[] {length, length}, like.options());
        var causal = ones.tril();
        return causal.sub(ones.tril(-width)).to(ScalarType.Bool);
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

    private static Tensor heads(Tensor tokensFirst) {
        return tokensFirst.transpose(0, 1).unsqueeze(0);
    }

    private static Tensor toFloat(Tensor tensor) {
        return Weights.cast(tensor, ScalarType.Float);
    }
}
