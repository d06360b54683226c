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
 * Keys and values of what a model has read of several sequences, so that each further token costs that token alone. The
 * sequences are numbered from 0 without gaps; when one leaves, the last takes its number. Room for tokens grows as needed,
 * or is {@link #reserve reserved} by who knows how much it will be.
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

    /** Sequences there is memory for, at most {@code slots}. */
    private int allocatedSlots;

    /** Tokens there is memory for in each. */
    private int capacity;

    private TensorOwner owner = new TensorOwner();

    /** Of each block, {@code [rooms·capacity, kvHeads, headDim]}, float32. */
    private List<Tensor> keys = List.of();

    private List<Tensor> values = List.of();
    private final int[] lengths;
    private int sequences;

    /**
     * An empty cache.
     *
     * @param spec of the model whose keys and values it is for
     * @param device where that model computes
     * @param slots most sequences at a time
     */
    public KeyValueCache(ModelSpec spec, Device device, int slots) {
        this.device = device;
        this.attentions = spec.attentions();
        this.slots = slots;
        this.bytesPerToken = spec.keyValueBytes();
        this.lengths = new int[slots];
        allocate(slots, MIN_CAPACITY);
    }

    /** Most sequences at a time. */
    public int slots() {
        return slots;
    }

    /** Sequences it holds. */
    public int sequences() {
        return sequences;
    }

    /** Tokens read of a sequence. */
    public int length(int sequence) {
        return lengths[checked(sequence)];
    }

    /** Memory it takes, bytes. */
    public long bytes() {
        return bytesPerToken * allocatedSlots * capacity;
    }

    /** Whether so many sequences of so many tokens fit into the memory it has. */
    public boolean holds(int count, int tokens) {
        return count <= allocatedSlots && tokens <= capacity;
    }

    /**
     * Takes memory for so many sequences of so many tokens each, and gives the rest back. While it moves what it holds, it
     * has the old memory too.
     *
     * @param count from the number of sequences it holds to {@link #slots}
     * @param tokens at least as many as the longest of them has
     */
    public void reserve(int count, int tokens) {
        if (count < sequences
                || count > slots
                || Arrays.stream(lengths, 0, sequences).anyMatch(n -> n > tokens)) {
            throw new IllegalArgumentException("no room for what is here in " + count + " times " + tokens);
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

    /** Forgets a sequence. The last one, if it is another, takes its number. */
    public void remove(int sequence) {
        var last = --sequences;
        if (checked(sequence) != last) {
            move(last, sequence);
        }
    }

    /** Forgets what follows the first {@code length} tokens of a sequence. */
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

    /** Makes room for so many tokens of every sequence. */
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

    /** Where the next tokens of some sequences go, {@code [tokens]}. */
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
     * Writes down keys and values of tokens.
     *
     * @param rows of {@link #nextRows}, {@code [tokens]}, int64
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
