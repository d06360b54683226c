package dev.tandem.model.attention;

import dev.tandem.model.config.AttentionSpec;
import dev.tandem.model.config.ModelSpec;
import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.parallel.IntraOpPool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Attention of new tokens to all of their sequences so far, whose keys and values are cached. Created once per pass and
 * used by every block. If every sequence of the cache has one new token, all are attended in one call; otherwise one by
 * one.
 */
public final class CachedAttention {
    /** Factor by which it computes slower than products of large matrices do. */
    private static final long SLOWNESS = 4;

    private final KeyValueCache cache;
    private final int[] sequences;
    private final int[] counts;

    /** Number of tokens of each sequence, including the new ones. */
    private final int[] totals;

    private final Tensor rows;
    private final boolean together;
    private final Optional<IntraOpPool> team;

    /** Masks by window, one for each call of {@code scaled_dot_product_attention}; absent if no row needs one. */
    private final Map<OptionalInt, List<Optional<Tensor>>> masks = new HashMap<>();

    /**
     * @param spec spec of the model
     * @param sequences numbers of the sequences that have new tokens
     * @param counts number of new tokens of each
     * @param team threads that share the heads, if there are any
     */
    public CachedAttention(
            ModelSpec spec, KeyValueCache cache, int[] sequences, int[] counts, Optional<IntraOpPool> team) {
        this.team = team;
        this.cache = cache;
        this.sequences = sequences.clone();
        this.counts = counts.clone();
        this.totals = new int[counts.length];
        var inOrder = sequences.length == cache.sequences();
        var single = true;
        for (var i = 0; i < counts.length; i++) {
            totals[i] = cache.length(sequences[i]) + counts[i];
            inOrder &= sequences[i] == i;
            single &= counts[i] == 1;
        }
        this.together = inOrder && single;
        cache.grow(Arrays.stream(totals).max().orElse(0));
        this.rows = Tensors.of(cache.nextRows(sequences, counts), cache.device());
        // here and not when a block needs them, because tensors created within a block are freed with it
        spec.attentions().forEach(attention -> masks.computeIfAbsent(attention.window(), this::masks));
    }

    /** Positions of the new tokens in their sequences. */
    public int[] positions() {
        var result = new int[Arrays.stream(counts).sum()];
        var at = 0;
        for (var i = 0; i < counts.length; i++) {
            for (var t = 0; t < counts[i]; t++) {
                result[at++] = totals[i] - counts[i] + t;
            }
        }
        return result;
    }

    /**
     * Stores the new keys and values, and computes attention.
     *
     * @param layer number of the block
     * @param spec spec of its attention
     * @return {@code [tokens, heads·headDim]}
     */
    Tensor attend(int layer, AttentionSpec spec, QkvProjection.Qkv qkv) {
        cache.write(layer, rows, qkv.key(), qkv.value());
        if (together) {
            return together(layer, spec, qkv.query());
        }
        var results = new ArrayList<Tensor>();
        var from = 0L;
        for (var i = 0; i < counts.length; i++) {
            results.add(alone(layer, spec, qkv.query().narrow(0, from, counts[i]), i));
            from += counts[i];
        }
        return results.size() == 1 ? results.get(0) : Tensors.cat(0, results.toArray(Tensor[]::new));
    }

    private List<Optional<Tensor>> masks(OptionalInt window) {
        return together
                ? List.of(raggedMask(window, longest()))
                : IntStream.range(0, counts.length)
                        .mapToObj(i -> seesAllBefore(window, i) ? Optional.<Tensor>empty() : rowsMask(window, i))
                        .toList();
    }

    private int longest() {
        return Arrays.stream(totals).max().orElseThrow();
    }

    private Optional<Tensor> mask(OptionalInt window, int call) {
        return Optional.ofNullable(masks.get(window)).orElseThrow().get(call);
    }

    private Tensor together(int layer, AttentionSpec spec, Tensor query) {
        return attend(
                spec,
                query,
                cache.keys(layer, 0, counts.length, longest()),
                cache.values(layer, 0, counts.length, longest()),
                mask(spec.window(), 0));
    }

    /** Heads that share keys are treated as rows: they all see the same keys, and no key is copied. */
    private Tensor attend(AttentionSpec spec, Tensor query, Tensor keys, Tensor values, Optional<Tensor> mask) {
        var group = spec.heads() / spec.kvHeads();
        var grouped = query.view(query.size(0), spec.kvHeads(), group, spec.headDim());
        return byHeads(new Heads(spec, grouped, keys, values), mask, false).reshape(query.size(0), spec.queryWidth());
    }

    /**
     * The operands of an attention call.
     *
     * @param query {@code [sequences, kvHeads·n, rows, headDim]}
     * @param keys {@code [sequences, kvHeads, tokens, headDim]}
     * @param values the same shape
     */
    private record Heads(AttentionSpec spec, Tensor query, Tensor keys, Tensor values) {

        /** Some of the key heads, and the query heads that read them. */
        Heads narrow(long from, long count) {
            var each = query.size(1) / keys.size(1);
            return new Heads(
                    spec,
                    query.narrow(1, from * each, count * each),
                    keys.narrow(1, from, count),
                    values.narrow(1, from, count));
        }

        Tensor attention(Optional<Tensor> mask, boolean causal) {
            return torch.scaled_dot_product_attention(
                    query,
                    keys,
                    values,
                    mask.map(TensorOptional::new).orElseGet(TensorOptional::new),
                    0.0,
                    causal,
                    Attention.scale(spec),
                    query.size(1) != keys.size(1));
        }
    }

    /** @return the query's shape */
    private Tensor byHeads(Heads heads, Optional<Tensor> mask, boolean causal) {
        var query = heads.query();
        var kvHeads = heads.keys().size(1);
        var products = query.numel() * heads.keys().size(2);
        if (team.isEmpty() || !team.get().isWorthSharing(SLOWNESS * products)) {
            return heads.attention(mask, causal);
        }
        var threads = team.get().size();
        var each = query.size(1) / kvHeads;
        var result = query.new_empty(query.size(0), query.size(2), query.size(1), query.size(3))
                .transpose(1, 2);
        team.get().run(i -> {
            var from = kvHeads * i / threads;
            var count = kvHeads * (i + 1) / threads - from;
            if (count > 0) {
                result.narrow(1, from * each, count * each)
                        .copy_(heads.narrow(from, count).attention(mask, causal));
            }
        });
        return result;
    }

    /** {@code [sequences, 1, 1, longest]}: 0 where a sequence's new token sees, −∞ elsewhere. */
    private Optional<Tensor> raggedMask(OptionalInt window, int longest) {
        if (Arrays.stream(totals).allMatch(t -> t == longest) && (window.isEmpty() || window.getAsInt() >= longest)) {
            return Optional.empty();
        }
        var mask = new float[totals.length * longest];
        for (var i = 0; i < totals.length; i++) {
            for (var t = 0; t < longest; t++) {
                mask[i * longest + t] = visible(totals[i] - 1, t, window) ? 0.0f : Float.NEGATIVE_INFINITY;
            }
        }
        return Optional.of(Tensors.of(mask, cache.device(), totals.length, 1, 1, longest));
    }

    private static boolean visible(int query, int key, OptionalInt window) {
        return key <= query && (window.isEmpty() || query - key < window.getAsInt());
    }

    /** Whether no mask beyond the causal one is needed: all is new, or a single row sees everything. */
    private boolean seesAllBefore(OptionalInt window, int i) {
        return (counts[i] == totals[i] || counts[i] == 1) && (window.isEmpty() || window.getAsInt() >= totals[i]);
    }

    private Tensor alone(int layer, AttentionSpec spec, Tensor query, int i) {
        var keys = cache.keys(layer, sequences[i], 1, totals[i]);
        var values = cache.values(layer, sequences[i], 1, totals[i]);
        var mask = mask(spec.window(), i);
        if (counts[i] == 1) {
            return attend(spec, query, keys, values, mask);
        }
        return byHeads(new Heads(spec, query.unsqueeze(0).transpose(1, 2), keys, values), mask, mask.isEmpty())
                .transpose(1, 2)
                .reshape(query.size(0), spec.queryWidth());
    }

    /** {@code [new tokens, tokens]} of one sequence. */
    private Optional<Tensor> rowsMask(OptionalInt window, int i) {
        var first = totals[i] - counts[i];
        var mask = new float[counts[i] * totals[i]];
        for (var q = 0; q < counts[i]; q++) {
            for (var k = 0; k < totals[i]; k++) {
                mask[q * totals[i] + k] = visible(first + q, k, window) ? 0.0f : Float.NEGATIVE_INFINITY;
            }
        }
        return Optional.of(Tensors.of(mask, cache.device(), counts[i], totals[i]));
    }

    /** Must be called when all blocks are done. */
    public void done() {
        cache.advance(sequences, counts);
    }

    /** Rows of the last new token of every sequence. */
    public List<Integer> lastRows() {
        var result = new ArrayList<Integer>();
        var end = 0;
        for (var count : counts) {
            end += count;
            result.add(end - 1);
        }
        return result;
    }
}
