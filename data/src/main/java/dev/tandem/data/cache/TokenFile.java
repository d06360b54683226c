package dev.tandem.data.cache;

import dev.tandem.data.encoding.DropReason;
import dev.tandem.data.encoding.RowWarning;
import dev.tandem.data.source.SourceReader.Source;
import dev.tandem.io.Sha256;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/**
 * One encoded data file on disk, written by {@link TokenFileWriter}. Little-endian, in this order:
 *
 * <pre>
 * 8 bytes   magic "TANDMTOK"
 * int32     number of this layout
 * 32 bytes  key: SHA-256 of what the content depends on
 * for each sequence of each row that is kept:
 *     n×int32      ids
 *     ⌈n/8⌉ bytes  trained flags, lowest bit first
 * int32     rows read
 * int32 + n×int32   number of drop reasons, rows dropped for each, in the order of {@link DropReason}
 * int32 + n×int32   number of notes, rows noted for each, in the order of {@link RowWarning}
 * int32     rows kept; for each:
 *     int64        hash of the row, see {@link dev.tandem.data.example.SequenceHash SequenceHash}
 *     float64      label; NaN: none. Layout 2, which is read too, does not have it
 *     int32        trained tokens
 *     int32 + n×int32   number of sequences, tokens of each
 * int64     where the sequences end
 * int32     CRC-32C of all bytes before
 * </pre>
 */
final class TokenFile {
    static final byte[] MAGIC = "TANDMTOK".getBytes(StandardCharsets.US_ASCII);
    static final int VERSION = 3;
    private static final int WITHOUT_LABELS = 2;

    private static final int HEAD = 8 + Integer.BYTES + Sha256.LENGTH;
    private static final int TAIL = Long.BYTES + Integer.BYTES;
    /** Bytes of a row that has one sequence, without its label. */
    private static final int MIN_ROW = Long.BYTES + 3 * Integer.BYTES;

    private TokenFile() {}

    /**
     * Reads a file once from beginning to end, for its checksum; rows are read again on demand.
     *
     * @param file path of the token file
     * @param key key that the file must have been written under, {@code [32]}
     * @param path path of the data, for {@link Source#path()}
     * @throws IOException if the file is absent, damaged, has another layout or key, or cannot be read
     */
    static Source read(Path file, byte[] key, Path path) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IOException("it is not a regular file");
        }
        try (var channel = FileChannel.open(file)) {
            var in = new ChecksummedInput(channel);
            if (!Arrays.equals(in.bytes(MAGIC.length), MAGIC)) {
                throw new IOException("it is not a file of tokens");
            }
            var layout = in.int32();
            if (layout != VERSION && layout != WITHOUT_LABELS) {
                throw new IOException("it has another layout");
            }
            if (!Arrays.equals(in.bytes(Sha256.LENGTH), key)) {
                throw new IOException("it belongs to other data");
            }
            var end = end(channel);
            in.skip(end - HEAD);
            var rows = in.count(0);
            var dropped = counts(in, DropReason.values(), new EnumMap<>(DropReason.class));
            var notes = counts(in, RowWarning.values(), new EnumMap<>(RowWarning.class));
            var index = index(in, layout == VERSION);
            if (in.int64() != end) {
                throw new IOException("it is damaged");
            }
            in.finish();
            return new Source(path, rows, new CachedTokens(channel, index, HEAD, end), dropped, notes);
        }
    }

    private static long end(FileChannel channel) throws IOException {
        var bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, channel.size() - TAIL + bytes.position()) < 0) {
                throw new EOFException("it is cut");
            }
        }
        var end = bytes.getLong(0);
        if (end < HEAD || end > channel.size() - TAIL) {
            throw new IOException("it is damaged");
        }
        return end;
    }

    private static <E extends Enum<E>> Map<E, Integer> counts(ChecksummedInput in, E[] values, Map<E, Integer> result)
            throws IOException {
        // earlier versions had fewer values; new ones are at the end
        var written = in.int32();
        if (written < 0 || written > values.length) {
            throw new IOException("it has another layout");
        }
        for (var i = 0; i < written; i++) {
            var count = in.count(0);
            if (count > 0) {
                result.put(values[i], count);
            }
        }
        return result;
    }

    private static RowIndex index(ChecksummedInput in, boolean labels) throws IOException {
        var result = new RowIndex();
        var least = labels ? MIN_ROW + Double.BYTES : MIN_ROW;
        for (var left = in.count(least); left > 0; left--) {
            var hash = in.int64();
            var label = labels ? Double.longBitsToDouble(in.int64()) : Double.NaN;
            var trained = in.int32();
            var lengths = in.int32s(in.count(Integer.BYTES));
            if (lengths.length == 0 || Arrays.stream(lengths).anyMatch(length -> length <= 0)) {
                throw new IOException("it is damaged");
            }
            result.add(lengths, trained, hash, label);
        }
        return result;
    }
}
