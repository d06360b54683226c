package dev.tandem.data.cache;

import dev.tandem.data.encoding.DropReason;
import dev.tandem.data.encoding.RowTokens;
import dev.tandem.data.encoding.RowWarning;
import dev.tandem.data.source.SourceReader.Source;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Map;

/** Writes a {@link TokenFile} row by row: only the last row stays in memory. */
final class TokenFileWriter {
    private final ChecksummedOutput out;
    private final RowIndex index = new RowIndex();

    /** @param key key of the content, {@code [32]} */
    TokenFileWriter(FileChannel channel, byte[] key) throws IOException {
        this.out = new ChecksummedOutput(channel);
        out.bytes(TokenFile.MAGIC);
        out.int32(TokenFile.VERSION);
        out.bytes(key);
    }

    /** Reports that a row could not be written. */
    static final class Failure extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final IOException cause;

        private Failure(IOException cause) {
            super(cause);
            this.cause = cause;
        }

        IOException cause() {
            return cause;
        }
    }

    /** Writes a row. @throws Failure if that is not possible */
    void add(RowTokens row) {
        try {
            for (var sequence : row.sequences()) {
                out.int32s(sequence.ids());
                out.bits(sequence.trained());
            }
            index.add(row);
        } catch (IOException e) {
            throw new Failure(e);
        }
    }

    /** Writes the index of all rows. @param counts counts of the whole file */
    void finish(Source counts) throws IOException {
        var position = out.position();
        out.int32(counts.rows());
        counts(DropReason.values(), counts.dropped());
        counts(RowWarning.values(), counts.notes());
        out.int32(index.rows());
        for (var row = 0; row < index.rows(); row++) {
            out.int64(index.hash(row));
            out.int64(Double.doubleToLongBits(index.label(row).orElse(Double.NaN)));
            out.int32(index.trainedTokens(row));
            out.int32(index.end(row) - index.start(row));
            out.int32s(index.lengths(row));
        }
        out.int64(position);
        out.finish();
    }

    private <E extends Enum<E>> void counts(E[] values, Map<E, Integer> counts) throws IOException {
        out.int32(values.length);
        for (var value : values) {
            out.int32(counts.getOrDefault(value, 0));
        }
    }
}
