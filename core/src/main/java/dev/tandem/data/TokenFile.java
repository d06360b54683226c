package dev.tandem.data;

import dev.tandem.AtomicFiles;
import dev.tandem.data.SourceReader.Source;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * One encoded data file on disk. Little-endian, in this order:
 *
 * <pre>
 * 8 bytes   magic "TANDMTOK"
 * int32     version of this layout
 * 32 bytes  key: SHA-256 of what the content depends on
 * int32     rows read
 * int32 + n×int32   number of drop reasons, rows dropped for each, in the order of {@link DropReason}
 * int32 + n×int32   number of notes, rows noted for each, in the order of {@link RowNote}
 * int32     rows kept; for each:
 *     int32     sequences; for each:
 *         int32        tokens, n
 *         n×int32      ids
 *         ⌈n/8⌉ bytes  trained flags, lowest bit first
 * int32     CRC-32C of all bytes before
 * </pre>
 */
final class TokenFile {
    private static final byte[] MAGIC = "TANDMTOK".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 1;

    private TokenFile() {}

    /**
     * Writes a file, whole or not at all.
     *
     * @param key {@code [32]}
     * @throws dev.tandem.UserException if it cannot be written
     */
    static void write(Path file, byte[] key, Source source) {
        AtomicFiles.writeBinary(file, channel -> {
            var out = new CheckedOutput(channel);
            out.bytes(MAGIC);
            out.int32(VERSION);
            out.bytes(key);
            out.int32(source.rows());
            counts(out, DropReason.values(), source.dropped());
            counts(out, RowNote.values(), source.notes());
            out.int32(source.kept().size());
            for (var row : source.kept()) {
                out.int32(row.size());
                for (var sequence : row) {
                    out.int32(sequence.length());
                    out.int32s(sequence.ids());
                    out.bits(sequence.trained());
                }
            }
            out.finish();
        });
    }

    private static <E extends Enum<E>> void counts(CheckedOutput out, E[] values, Map<E, Integer> counts)
            throws IOException {
        out.int32(values.length);
        for (var value : values) {
            out.int32(counts.getOrDefault(value, 0));
        }
    }

    /**
     * Reads a file.
     *
     * @param file where it is
     * @param key the file must have been written under, {@code [32]}
     * @param path of the data, for {@link Source#path()}
     * @throws IOException if there is none, it is damaged, of another layout or key, or cannot be read
     */
    static Source read(Path file, byte[] key, Path path) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IOException("it is no file");
        }
        try (var channel = FileChannel.open(file)) {
            var in = new CheckedInput(channel);
            if (!Arrays.equals(in.bytes(MAGIC.length), MAGIC)) {
                throw new IOException("it is no file of tokens");
            }
            if (in.int32() != VERSION) {
                throw new IOException("it has another layout");
            }
            if (!Arrays.equals(in.bytes(ContentDigest.LENGTH), key)) {
                throw new IOException("it belongs to other data");
            }
            var rows = in.count(0);
            var dropped = counts(in, DropReason.values(), new EnumMap<>(DropReason.class));
            var notes = counts(in, RowNote.values(), new EnumMap<>(RowNote.class));
            var kept = kept(in);
            in.finish();
            return new Source(path, rows, kept, dropped, notes);
        }
    }

    private static <E extends Enum<E>> Map<E, Integer> counts(CheckedInput in, E[] values, Map<E, Integer> result)
            throws IOException {
        if (in.int32() != values.length) {
            throw new IOException("it has another layout");
        }
        for (var value : values) {
            var count = in.count(0);
            if (count > 0) {
                result.put(value, count);
            }
        }
        return result;
    }

    private static List<List<TokenSequence>> kept(CheckedInput in) throws IOException {
        var rows = in.count(Integer.BYTES);
        var result = new ArrayList<List<TokenSequence>>(rows);
        for (var row = 0; row < rows; row++) {
            var sequences = new TokenSequence[in.count(Integer.BYTES)];
            for (var i = 0; i < sequences.length; i++) {
                sequences[i] = sequence(in);
            }
            result.add(List.of(sequences));
        }
        return result;
    }

    private static TokenSequence sequence(CheckedInput in) throws IOException {
        var length = in.count(Integer.BYTES);
        var ids = in.int32s(length);
        var trained = in.bits(length);
        try {
            return new TokenSequence(ids, trained);
        } catch (IllegalArgumentException e) {
            throw new IOException("it is damaged", e);
        }
    }
}
