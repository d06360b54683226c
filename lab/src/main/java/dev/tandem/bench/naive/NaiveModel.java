package dev.tandem.bench.naive;

import dev.tandem.UserException;
import dev.tandem.model.config.AttentionSpec;
import dev.tandem.model.config.ModelSpec;
import dev.tandem.model.lora.LoraAdapter;
import dev.tandem.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * GPT-NeoX written the straightforward way, over the weights of a {@link dev.tandem.model.CausalLm}: padded rows, attention with
 * materialised scores, logits of every position. The yardstick of {@code --baseline naive}; it shares no code with the
 * engine, so that improving the engine does not improve the yardstick.
 */
final class NaiveModel {
    private static final double LOWEST = -3.3e38; // in the range of float32 and bfloat16

    private final ModelSpec spec;
    private final AttentionSpec attention;
    private final Map<String, Tensor> weights = new LinkedHashMap<>();
    private final Map<String, Tensor> lora;
    private final double loraScale;
    private final ScalarType type;

    /**
     * @param weights by name
     * @param type dtype of weights and activations
     * @param adapter applied over the weights
     * @throws UserException if the model is of another family
     */
    NaiveModel(ModelSpec spec, Map<String, Tensor> weights, ScalarType type, Optional<LoraAdapter> adapter) {
        this.spec = spec;
        this.attention = spec.attentions().get(0);
        if (!spec.modelType().equals("gpt_neox") || !spec.blocks().get(0).parallel()) {
            throw new UserException("The naive baseline is written for GPT-NeoX shapes (pythia-70m, say), not for "
                    + spec.modelType() + ".");
        }
        this.weights.putAll(weights);
        this.lora = adapter.map(LoraAdapter::tensors).orElse(Map.of());
        this.loraScale = adapter.map(a -> a.config().scale()).orElse(0.0);
        this.type = type;
    }

    /**
     * Logits of every position of every row.
     *
     * @param ids {@code [rows, longest]}, int64
     * @param mask 1 for a token, 0 for padding, {@code [rows, longest]}, in the computation's dtype
     * @return {@code [rows, longest, vocabulary]}
     */
    Tensor logits(Tensor ids, Tensor mask) {
        var x = torch.embedding(weight("gpt_neox.embed_in.weight"), ids);
        var longest = ids.size(1);
        var rotary = rotary(longest, x);
        var visible = visible(mask, longest);
        for (var i = 0; i < spec.layers(); i++) {
            x = block(x, "gpt_neox.layers." + i + ".", rotary, visible);
        }
        return torch.linear(norm(x, "gpt_neox.final_layer_norm"), weight("embed_out.weight"));
    }

    private Tensor block(Tensor x, String path, Tensor[] rotary, Tensor visible) {
        var attended = attention(norm(x, path + "input_layernorm"), path + "attention.", rotary, visible);
        var inner = torch.gelu(linear(norm(x, path + "post_attention_layernorm"), path + "mlp.dense_h_to_4h"));
        return x.add(attended).add(linear(inner, path + "mlp.dense_4h_to_h"));
    }

    private Tensor attention(Tensor x, String path, Tensor[] rotary, Tensor visible) {
        var rows = x.size(0);
        var longest = x.size(1);
        long dim = attention.headDim();
        var qkv = linear(x, path + "query_key_value")
                .view(rows, longest, attention.heads(), 3 * dim)
                .transpose(1, 2);
        var query = rotate(qkv.narrow(3, 0, dim), rotary);
        var key = rotate(qkv.narrow(3, dim, dim), rotary);
        var scores = query.matmul(key.transpose(2, 3))
                .div(new Scalar(Math.sqrt(dim)))
                .add(visible);
        var mixed = cast(torch.softmax(cast(scores, ScalarType.Float), 3), type).matmul(qkv.narrow(3, 2 * dim, dim));
        return linear(mixed.transpose(1, 2).reshape(rows, longest, spec.hiddenSize()), path + "dense");
    }

    private Tensor linear(Tensor x, String module) {
        var y = torch.linear(x, weight(module + ".weight"), new TensorOptional(weight(module + ".bias")));
        var a = lora.get(module + ".lora_A");
        var b = lora.get(module + ".lora_B");
        return a == null || b == null
                ? y
                : y.add(torch.linear(torch.linear(x, cast(a, type)), cast(b, type))
                        .mul(new Scalar(loraScale)));
    }

    private Tensor norm(Tensor x, String module) {
        return torch.layer_norm(
                x,
                new long[] {spec.hiddenSize()},
                new TensorOptional(weight(module + ".weight")),
                new TensorOptional(weight(module + ".bias")),
                spec.finalNorm().eps(),
                true);
    }

    /** Cosines and sines, {@code [longest, rotated dimensions]} each. */
    private Tensor[] rotary(long longest, Tensor like) {
        var device = like.device();
        var frequencies = attention.rope().inverseFrequencies();
        var inverse = Tensors.of(frequencies, device, 1, frequencies.length);
        var positions = new float[(int) longest];
        for (var i = 0; i < positions.length; i++) {
            positions[i] = i;
        }
        var angles = Tensors.of(positions, device, longest, 1).mul(inverse);
        var both = Tensors.cat(1, angles, angles);
        var factor = new Scalar((double) attention.rope().attentionFactor());
        return new Tensor[] {cast(both.cos().mul(factor), type), cast(both.sin().mul(factor), type)};
    }

    private Tensor rotate(Tensor x, Tensor[] rotary) {
        long dimensions = attention.rope().dimensions();
        var half = dimensions / 2;
        var turned = Tensors.cat(3, x.narrow(3, half, half).neg(), x.narrow(3, 0, half));
        var rotated = x.narrow(3, 0, dimensions).mul(rotary[0]).add(turned.mul(rotary[1]));
        return Tensors.cat(3, rotated, x.narrow(3, dimensions, attention.headDim() - dimensions));
    }

    /**
     * The mask that is added to the scores: 0 where a query sees a key, otherwise very low;
     * {@code [rows, 1, longest, longest]}.
     */
    private Tensor visible(Tensor mask, long longest) {
        var low = new Scalar(LOWEST);
        var future = torch.ones(new long[] {longest, longest}, mask.options())
                .triu(1)
                .mul(low);
        var padding = mask.mul(new Scalar(-1.0))
                .add(new Scalar(1.0))
                .mul(low)
                .unsqueeze(1)
                .unsqueeze(1);
        return future.add(padding).clamp_min(low);
    }

    private Tensor weight(String name) {
        var tensor = weights.get(name);
        if (tensor == null) {
            throw new IllegalStateException("no parameter " + name);
        }
        return cast(tensor, type);
    }

    private static Tensor cast(Tensor tensor, ScalarType type) {
        return tensor.scalar_type().intern() == type.intern() ? tensor : tensor.to(type);
    }
}
