package dev.tandem.data.source;

import dev.tandem.data.encoding.DropReason;
import dev.tandem.data.encoding.EncodedRow;
import dev.tandem.data.encoding.RowEncoder;
import dev.tandem.data.encoding.RowTokens;
import dev.tandem.data.encoding.RowWarning;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Reads and encodes one file; rows are encoded in parallel and kept in the file's order. */
public final class SourceReader {
    private final int limit;
    private final Consumer<RowTokens> sink;
    private int kept;
    private final Map<DropReason, Integer> dropped = new EnumMap<>(DropReason.class);
    private final Map<RowWarning, Integer> notes = new EnumMap<>(RowWarning.class);
    private int rows;

    private SourceReader(int limit, Consumer<RowTokens> sink) {
        this.limit = limit;
        this.sink = sink;
    }

    /**
     * The content of a file.
     *
     * @param rows rows read, at least one
     * @param kept tokens of the kept rows
     * @param dropped rows left out, by reason
     * @param notes remarkable rows among the kept
     */
    public record Source(
            Path path,
            int rows,
            List<RowTokens> kept,
            Map<DropReason, Integer> dropped,
            Map<RowWarning, Integer> notes) {}

    /** A way of reading a file. */
    public interface Reading {
        /**
         * Reads the file.
         *
         * @param kept receives the kept rows, in order
         * @return the content of the file, without the rows
         * @throws dev.tandem.UserException if the file or a row of it is broken
         */
        Source into(Consumer<RowTokens> kept);
    }

    /** Reads a file into memory. */
    public static Source inMemory(Reading reading) {
        var kept = new ArrayList<RowTokens>();
        var counts = reading.into(kept::add);
        return new Source(counts.path(), counts.rows(), kept, counts.dropped(), counts.notes());
    }

    /** Reads a file until {@code limit} rows are kept or it ends. */
    public static Source read(Path path, RowEncoder encoder, int limit, Consumer<RowTokens> kept) {
        var reader = new SourceReader(limit, kept);
        RowPipeline.run(path, encoder, reader::count);
        return new Source(path, reader.rows, List.of(), reader.dropped, reader.notes);
    }

    private boolean count(EncodedRow row) {
        rows++;
        if (row instanceof EncodedRow.Kept k) {
            kept++;
            sink.accept(new RowTokens(k.sequences(), k.label()));
            k.notes().forEach(note -> notes.merge(note, 1, Integer::sum));
        } else if (row instanceof EncodedRow.Dropped d) {
            dropped.merge(d.reason(), 1, Integer::sum);
        }
        return kept < limit;
    }
}
