package dev.tandem.model;

import org.bytedeco.pytorch.Tensor;

/** Projects the residual stream to query, key and value heads. */
sealed interface QkvProjection {

    /**
     * Query {@code [tokens, heads, headDim]}, key and value {@code [tokens, kvHeads, headDim]}.
     */
    record Qkv(Tensor query, Tensor key, Tensor value) {}

    /** @param x {@code [tokens, hidden]} */
    Qkv apply(Tensor x, Dropout dropout);

    static QkvProjection of(ModelConfig config, ModuleNames names, int layer, LinearModules linears) {
        return config.fusedQkv()
                ? new Fused(linears.get(names.attention(layer, names.qkv())), config.heads(), config.headDim())
                : new Separate(
                        linears.get(names.attention(layer, names.query())),
                        linears.get(names.attention(layer, names.key())),
                        linears.get(names.attention(layer, names.value())),
                        config.headDim());
    }

    /** GPT-NeoX: one projection whose output is, head by head, that head's query, key and value. */
    record Fused(Linear qkv, int heads, int headDim) implements QkvProjection {
        @Override
        public Qkv apply(Tensor x, Dropout dropout) {
            var all = qkv.apply(x, dropout).view(x.size(0), heads, 3L * headDim);
            return new Qkv(
                    all.narrow(2, 0, headDim), all.narrow(2, headDim, headDim), all.narrow(2, 2L * headDim, headDim));
        }
    }

    /** Llama and its descendants: three projections. */
    record Separate(Linear query, Linear key, Linear value, int headDim) implements QkvProjection {
        @Override
        public Qkv apply(Tensor x, Dropout dropout) {
            return new Qkv(split(query, x, dropout), split(key, x, dropout), split(value, x, dropout));
        }

        private Tensor split(Linear linear, Tensor x, Dropout dropout) {
            return linear.apply(x, dropout).view(x.size(0), -1, headDim);
        }
    }
}
