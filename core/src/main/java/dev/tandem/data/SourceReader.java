package dev.tandem.data;

import dev.tandem.data.rows.Row;
import dev.tandem.data.rows.RowFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Reads and encodes one file; rows are encoded in parallel and kept in the file's order. */
final class SourceReader {
    private static final int ROWS_AT_ONCE = 512;

    private final RowEncoder encoder;
    private final int limit;
    private final List<Row> waiting = new ArrayList<>();
    private final List<List<TokenSequence>> kept = new ArrayList<>();
    private final Map<DropReason, Integer> dropped = new EnumMap<>(DropReason.class);
    private final Map<RowNote, Integer> notes = new EnumMap<>(RowNote.class);
    private int rows;

    private SourceReader(RowEncoder encoder, int limit) {
        this.encoder = encoder;
        this.limit = limit;
    }

    /**
     * What a file holds.
     *
     * @param rows rows read, at least one
     * @param kept token sequences of the rows that are kept
     * @param dropped rows left out, by reason
     * @param notes remarkable rows among the kept
     */
    record Source(
            Path path,
            int rows,
            List<List<TokenSequence>> kept,
            Map<DropReason, Integer> dropped,
            Map<RowNote, Integer> notes) {}

    /**
     * Reads a file until {@code limit} rows are kept or it ends.
     *
     * @throws dev.tandem.UserException if the file or a row of it is broken
     */
    static Source read(Path path, RowEncoder encoder, int limit) {
        var reader = new SourceReader(encoder, limit);
        RowFiles.read(path, reader::row);
        reader.encodeWaiting();
        return new Source(path, reader.rows, reader.kept, reader.dropped, reader.notes);
    }

    private boolean row(Row row) {
        waiting.add(row);
        if (waiting.size() == ROWS_AT_ONCE) {
            encodeWaiting();
        }
        return kept.size() < limit;
    }

    private void encodeWaiting() {
        var encoded = waiting.parallelStream().map(encoder::encode).toList();
        waiting.clear();
        for (var row : encoded) {
            // rows beyond the limit were read ahead only to be encoded in parallel: they don't count
            if (kept.size() < limit) {
                count(row);
            }
        }
    }

    private void count(EncodedRow row) {
        rows++;
        if (row instanceof EncodedRow.Kept k) {
            kept.add(k.sequences());
            k.notes().forEach(note -> notes.merge(note, 1, Integer::sum));
        } else if (row instanceof EncodedRow.Dropped d) {
            dropped.merge(d.reason(), 1, Integer::sum);
        }
    }
}
