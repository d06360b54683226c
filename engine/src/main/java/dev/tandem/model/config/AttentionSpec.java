package dev.tandem.model.config;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * Causal self-attention of one block, with the rotary embedding and the window of this block.
 *
 * @param qkv how query, key and value are projected
 * @param output projection of the mixed values
 * @param heads query heads
 * @param kvHeads key and value heads (grouped-query attention); divides {@code heads}
 * @param headDim dimensions of a head
 * @param queryNorm norm of the queries before rotation: as wide as a head, or as all heads together
 * @param keyNorm norm of the keys, likewise
 * @param rope rotary position embedding
 * @param window how many tokens back a token sees, itself included; absent: all
 * @param scale factor of the scores, {@link #usualScale} in most families
 */
public record AttentionSpec(
        QkvSpec qkv,
        LinearSpec output,
        int heads,
        int kvHeads,
        int headDim,
        Optional<NormSpec> queryNorm,
        Optional<NormSpec> keyNorm,
        Rope rope,
        OptionalInt window,
        double scale)
        implements ModuleSpec {

    /** 1/√headDim (Vaswani et al., 2017, arXiv 1706.03762). */
    public static double usualScale(int headDim) {
        return 1 / Math.sqrt(headDim);
    }

    /** A copy with norms of queries and keys. */
    public AttentionSpec withHeadNorms(NormSpec query, NormSpec key) {
        return new AttentionSpec(
                qkv, output, heads, kvHeads, headDim, Optional.of(query), Optional.of(key), rope, window, scale);
    }

    /** A copy with another factor of the scores. */
    public AttentionSpec withScale(double newScale) {
        return new AttentionSpec(qkv, output, heads, kvHeads, headDim, queryNorm, keyNorm, rope, window, newScale);
    }

    /** The scale, if it is not the usual one. */
    public OptionalDouble ownScale() {
        return scale == usualScale(headDim) ? OptionalDouble.empty() : OptionalDouble.of(scale);
    }

    /** Width of all query heads together. */
    public int queryWidth() {
        return heads * headDim;
    }

    /** Width of all key (or value) heads together. */
    public int keyValueWidth() {
        return kvHeads * headDim;
    }

    @Override
    public List<ParameterSpec> parameters() {
        return Stream.of(
                        qkv.linears().stream().flatMap(linear -> linear.parameters().stream()),
                        queryNorm.stream().flatMap(norm -> norm.parameters().stream()),
                        keyNorm.stream().flatMap(norm -> norm.parameters().stream()),
                        output.parameters().stream())
                .flatMap(parameters -> parameters)
                .toList();
    }

    @Override
    public List<LinearSpec> linears() {
        return Stream.concat(qkv.linears().stream(), Stream.of(output)).toList();
    }

    @Override
    public List<List<LinearSpec>> sharingInput() {
        return qkv.linears().size() > 1 ? List.of(qkv.linears()) : List.of();
    }
}
