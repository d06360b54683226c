package dev.tandem.model.attention;

import dev.tandem.model.config.AttentionSpec;
import dev.tandem.model.config.ModelSpec;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * Keys and values of the tokens that a model has read of several sequences, so that each further token costs only that
 * token. The sequences are numbered from 0 without gaps; when one leaves, the last takes its number. The capacity for
 * tokens grows as needed, or is {@link #reserve reserved} by a caller that knows the final size.
 *
 * <p>Not thread-safe. Owns its memory, {@link #bytes} of it, until it is closed.
 */
public final class KeyValueCache implements AutoCloseable {
    private static final int MIN_CAPACITY = 64;

    private final Device device;

    /** The attention of every block. */
    private final List<AttentionSpec> attentions;

    private final int slots;
    private final long bytesPerToken;

    /** Number of sequences that memory is allocated for, at most {@code slots}. */
    private int allocatedSlots;

    /** Number of tokens that memory is allocated for in each sequence. */
    private int capacity;

    private TensorOwner owner = new TensorOwner();

    /** Keys of each block, {@code [allocatedSlots·capacity, kvHeads, headDim]}, float32. */
    private List<Tensor> keys = List.of();

    private List<Tensor> values = List.of();
    private final int[] lengths;
    private int sequences;

    /**
     * An empty cache.
     *
     * @param spec spec of the model whose keys and values it holds
     * @param device device of that model
     * @param slots maximum number of sequences
     */
    public KeyValueCache(ModelSpec spec, Device device, int slots) {
        this.device = device;
        this.attentions = spec.attentions();
        this.slots = slots;
        this.bytesPerToken = spec.keyValueBytes();
        this.lengths = new int[slots];
        allocate(slots, MIN_CAPACITY);
    }

    /** Maximum number of sequences. */
    public int slots() {
        return slots;
    }

    /** Number of sequences in the cache. */
    public int sequences() {
        return sequences;
    }

    /** Number of tokens of a sequence in the cache. */
    public int length(int sequence) {
        return lengths[checked(sequence)];
    }

    /** Allocated memory, bytes. */
    public long bytes() {
        return bytesPerToken * allocatedSlots * capacity;
    }

    /** Whether that many sequences of that many tokens fit into the allocated memory. */
    public boolean holds(int count, int tokens) {
        return count <= allocatedSlots && tokens <= capacity;
    }

    /**
     * Allocates memory for that many sequences of that many tokens each, and frees the rest. While the content is
     * moved, the old memory is still allocated.
     *
     * @param count number of sequences, from those in the cache to {@link #slots}
     * @param tokens number of tokens, at least those of the longest sequence
     */
    public void reserve(int count, int tokens) {
        if (count < sequences
                || count > slots
                || Arrays.stream(lengths, 0, sequences).anyMatch(n -> n > tokens)) {
            throw new IllegalArgumentException(
                    "the cached sequences do not fit into " + count + " times " + tokens + " tokens");
        }
        allocate(count, tokens);
    }

    /** Begins a sequence. @return its number */
    public int add() {
        if (sequences == allocatedSlots) {
            throw new IllegalStateException("all " + allocatedSlots + " slots are taken");
        }
        lengths[sequences] = 0;
        return sequences++;
    }

    /** Removes a sequence. The last one, if it is a different one, takes its number. */
    public void remove(int sequence) {
        var last = --sequences;
        if (checked(sequence) != last) {
            move(last, sequence);
        }
    }

    /** Removes everything after the first {@code length} tokens of a sequence. */
    public void truncate(int sequence, int length) {
        if (length < 0 || length > lengths[checked(sequence)]) {
            throw new IllegalArgumentException(length + " of " + lengths[sequence] + " tokens");
        }
        lengths[sequence] = length;
    }

    private int checked(int sequence) {
        if (sequence < 0 || sequence > sequences) {
            throw new IllegalArgumentException("there is no sequence " + sequence);
        }
        return sequence;
    }

    private void move(int from, int to) {
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            var rows = lengths[from];
            for (var all : List.of(keys, values)) {
                for (var layer : all) {
                    rows(layer, to, rows).copy_(rows(layer, from, rows));
                }
            }
            lengths[to] = rows;
        }
    }

    private Tensor rows(Tensor layer, int sequence, int count) {
        return layer.narrow(0, (long) sequence * capacity, count);
    }

    /** Grows the capacity to that many tokens of every sequence. */
    void grow(int wanted) {
        if (wanted > capacity) {
            allocate(allocatedSlots, Math.max(wanted, 2 * capacity));
        }
    }

    private void allocate(int count, int tokens) {
        var newOwner = new TensorOwner();
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            var newKeys = moved(keys, count, tokens, newOwner);
            var newValues = moved(values, count, tokens, newOwner);
            owner.close();
            owner = newOwner;
            keys = newKeys;
            values = newValues;
            allocatedSlots = count;
            capacity = tokens;
        } catch (RuntimeException e) {
            newOwner.close();
            throw e;
        }
    }

    private List<Tensor> moved(List<Tensor> old, int count, int tokens, TensorOwner newOwner) {
        var result = new ArrayList<Tensor>();
        for (var i = 0; i < attentions.size(); i++) {
            var heads = attentions.get(i);
            var layer = newOwner.own(Tensors.zeros(device, (long) count * tokens, heads.kvHeads(), heads.headDim()));
            for (var s = 0; s < (old.isEmpty() ? 0 : sequences); s++) {
                layer.narrow(0, (long) s * tokens, lengths[s]).copy_(rows(old.get(i), s, lengths[s]));
            }
            result.add(layer);
        }
        return result;
    }

    Device device() {
        return device;
    }

    /** The rows for the next tokens of some sequences, {@code [tokens]}. */
    int[] nextRows(int[] which, int[] counts) {
        var result = new int[Arrays.stream(counts).sum()];
        var at = 0;
        for (var i = 0; i < which.length; i++) {
            for (var t = 0; t < counts[i]; t++) {
                result[at++] = which[i] * capacity + lengths[which[i]] + t;
            }
        }
        return result;
    }

    /**
     * Stores keys and values of tokens.
     *
     * @param rows rows from {@link #nextRows}, {@code [tokens]}, int64
     * @param key {@code [tokens, kvHeads, headDim]}, float32
     * @param value the same shape
     */
    void write(int layer, Tensor rows, Tensor key, Tensor value) {
        keys.get(layer).index_copy_(0, rows, key);
        values.get(layer).index_copy_(0, rows, value);
    }

    /** Keys of the first tokens of the first sequences, {@code [sequences, kvHeads, tokens, headDim]}, a view. */
    Tensor keys(int layer, int first, int count, int tokens) {
        return view(keys.get(layer), first, count, tokens);
    }

    /** Values, as {@link #keys}. */
    Tensor values(int layer, int first, int count, int tokens) {
        return view(values.get(layer), first, count, tokens);
    }

    private Tensor view(Tensor layer, int first, int count, int tokens) {
        var kvHeads = layer.size(1);
        var headDim = layer.size(2);
        var row = kvHeads * headDim;
        return layer.as_strided(
                new long[] {count, kvHeads, tokens, headDim},
                new long[] {capacity * row, headDim, row, 1},
                new LongOptional(first * capacity * row));
    }

    /** Counts tokens as read. */
    void advance(int[] which, int[] counts) {
        IntStream.range(0, which.length).forEach(i -> lengths[which[i]] += counts[i]);
    }

    @Override
    public void close() {
        owner.close();
    }
}
