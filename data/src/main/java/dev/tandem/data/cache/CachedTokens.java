package dev.tandem.data.cache;

import dev.tandem.data.encoding.RowTokens;
import dev.tandem.data.example.TokenSequence;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;

/**
 * The token sequences of a file that stays on disk. Only lengths are in memory; the system's page cache holds recently
 * read pages, shared by all processes of the machine. The file must not change; it may be deleted.
 */
final class CachedTokens extends AbstractList<RowTokens> {
    /** A window holds every sequence that begins in it, so the mapping extends one window further. */
    private static final long WINDOW = 1L << 29;

    private final List<MappedByteBuffer> windows = new ArrayList<>();
    private final RowIndex index;
    private final long[] starts;

    /**
     * Maps a file.
     *
     * @param first offset of the first sequence in bytes; all others follow
     * @throws IOException if it cannot be mapped, or the sequences do not end at {@code end}
     */
    CachedTokens(FileChannel channel, RowIndex index, long first, long end) throws IOException {
        this.index = index;
        this.starts = new long[index.sequences()];
        var next = first;
        for (var i = 0; i < starts.length; i++) {
            starts[i] = next;
            next += bytes(index.length(i));
            if (bytes(index.length(i)) > WINDOW) {
                throw new IOException("it has a sequence that is too long");
            }
        }
        if (next != end) {
            throw new IOException("it is damaged");
        }
        for (var from = 0L; from < end; from += WINDOW) {
            windows.add(channel.map(FileChannel.MapMode.READ_ONLY, from, Math.min(end - from, 2 * WINDOW)));
        }
    }

    private static long bytes(int tokens) {
        return (long) tokens * Integer.BYTES + (tokens + Byte.SIZE - 1) / Byte.SIZE;
    }

    @Override
    public int size() {
        return index.rows();
    }

    @Override
    public RowTokens get(int row) {
        return new RowTokens(new CachedRow(this, row), index.label(row));
    }

    RowIndex index() {
        return index;
    }

    /** Reads a sequence. */
    TokenSequence sequence(int number) {
        var tokens = index.length(number);
        var window = windows.get((int) (starts[number] / WINDOW));
        var bytes = window.slice((int) (starts[number] % WINDOW), (int) bytes(tokens))
                .order(ByteOrder.LITTLE_ENDIAN);
        var ids = new int[tokens];
        bytes.asIntBuffer().get(ids);
        return new TokenSequence(ids, trained(bytes.position(tokens * Integer.BYTES), tokens));
    }

    private static boolean[] trained(ByteBuffer bytes, int tokens) {
        var result = new boolean[tokens];
        for (var from = 0; from < tokens; from += Byte.SIZE) {
            var bits = bytes.get();
            for (var i = from; i < Math.min(tokens, from + Byte.SIZE); i++) {
                result[i] = (bits >> (i - from) & 1) != 0;
            }
        }
        return result;
    }
}
