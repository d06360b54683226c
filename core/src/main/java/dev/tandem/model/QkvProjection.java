package dev.tandem.model;

import dev.tandem.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Projects the residual stream to query, key and value heads. */
sealed interface QkvProjection {

    /**
     * Query {@code [tokens, heads, headDim]}, key and value {@code [tokens, kvHeads, headDim]}, query and key rotated. In
     * float32 whatever the weights: libtorch's bfloat16 attention is an order of magnitude slower on CPUs.
     */
    record Qkv(Tensor query, Tensor key, Tensor value) {}

    /** @param x {@code [tokens, hidden]} */
    Qkv apply(Tensor x, Rotation rope, Dropout dropout);

    static QkvProjection of(ModelConfig config, ModuleNames names, int layer, LinearModules linears, Weights weights) {
        if (config.fusedQkv()) {
            return new Interleaved(linears.get(names.attention(layer, names.qkv())), config.heads(), config.headDim());
        }
        var projections = linears.group(
                names.attention(layer, names.query()),
                names.attention(layer, names.key()),
                names.attention(layer, names.value()));
        return new Separate(
                projections,
                config.headDim(),
                config.qkNorm()
                        ? List.of(
                                new HeadNorm(
                                        names.attention(layer, names.queryNorm()),
                                        config.norm().eps(),
                                        weights),
                                new HeadNorm(
                                        names.attention(layer, names.keyNorm()),
                                        config.norm().eps(),
                                        weights))
                        : List.of());
    }

    /** GPT-NeoX: one projection whose output is, head by head, that head's query, key and value. */
    record Interleaved(Linear qkv, int heads, int headDim) implements QkvProjection {
        @Override
        public Qkv apply(Tensor x, Rotation rope, Dropout dropout) {
            var all = qkv.apply(x, dropout).view(x.size(0), heads, 3L * headDim);
            var parts = Tensors.split(all, 2, headDim, headDim, headDim);
            return new Qkv(
                    rope.rotate(toFloat(parts.get(0))),
                    rope.rotate(toFloat(parts.get(1))),
                    // a copy: a view would keep query and key as they were before rotation until the backward pass
                    toFloat(parts.get(2)).contiguous());
        }
    }

    /**
     * Llama and its descendants: three projections.
     *
     * @param projections query, key and value
     * @param norms of the query's and the key's heads (Qwen 3), or none
     */
    record Separate(LinearGroup projections, int headDim, List<HeadNorm> norms) implements QkvProjection {
        @Override
        public Qkv apply(Tensor x, Rotation rope, Dropout dropout) {
            var heads = projections.apply(x, dropout).stream()
                    .map(y -> y.view(x.size(0), -1, headDim))
                    .toList();
            return new Qkv(
                    rope.rotate(toFloat(normed(heads, 0))),
                    rope.rotate(toFloat(normed(heads, 1))),
                    toFloat(heads.get(2)));
        }

        private Tensor normed(List<Tensor> heads, int which) {
            return norms.isEmpty() ? heads.get(which) : norms.get(which).apply(heads.get(which));
        }
    }

    /** RMS norm of every head by itself. */
    record HeadNorm(String module, double eps, Weights weights) {
        Tensor apply(Tensor heads) {
            return torch.rms_norm(
                    heads, new long[] {heads.size(2)}, weights.optional(module + ".weight"), new DoubleOptional(eps));
        }
    }

    private static Tensor toFloat(Tensor tensor) {
        return Weights.cast(tensor, ScalarType.Float);
    }
}
