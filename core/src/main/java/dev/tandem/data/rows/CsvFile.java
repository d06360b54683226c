package dev.tandem.data.rows;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.CsvRecordHandler;
import dev.tandem.UserException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;

/** Comma or tab separated values with a header line (RFC 4180: quotes around a field may hold line ends). All strings. */
final class CsvFile implements RowSource {
    /**
     * Put behind the file's text. The parser takes the end of the file for the end of a quoted field; if this is not
     * the last record but inside of it, the file's last quote was never closed.
     */
    private static final String END = "\u0001";

    private static final String UNCLOSED = "\n" + END + "\n";

    private final CheckedText text;
    private final CloseableIterator<CsvRecord> records;
    private List<String> header = List.of();
    private long count;

    CsvFile(Path file, char separator) {
        this.text = CheckedText.open(file);
        var guarded =
                new SequenceInputStream(text, new ByteArrayInputStream(UNCLOSED.getBytes(StandardCharsets.US_ASCII)));
        var handler = CsvRecordHandler.builder()
                .maxFieldSize(RowLimits.BYTES)
                .maxRecordSize(RowLimits.BYTES)
                .build();
        this.records = CsvReader.builder()
                .fieldSeparator(separator)
                .allowMissingFields(true)
                .allowExtraFields(true)
                .maxBufferSize(RowLimits.BYTES)
                .build(handler, new InputStreamReader(guarded, StandardCharsets.UTF_8))
                .iterator();
    }

    @Override
    public Optional<Row> next() {
        if (count == 0) {
            var names = record();
            if (names.isEmpty()) {
                return Optional.empty();
            }
            header = header(names.get());
        }
        return record().map(this::row);
    }

    private List<String> header(CsvRecord names) {
        var where = where(names);
        var seen = new HashSet<String>();
        for (var name : names.getFields()) {
            if (name.isBlank()) {
                throw new UserException(where + ": column " + (seen.size() + 1) + " of the header has no name. Name"
                        + " every column.");
            }
            if (!seen.add(name)) {
                throw new UserException(where + ": two columns of the header are named \"" + Printable.of(name)
                        + "\". Rename or remove one.");
            }
        }
        return List.copyOf(names.getFields());
    }

    private Row row(CsvRecord fields) {
        var where = where(fields);
        if (fields.getFieldCount() != header.size()) {
            throw new UserException(where + ": found " + fields.getFieldCount() + " fields, the header names "
                    + header.size() + ". Put quotes around fields that hold separators or line ends, and double the"
                    + " quotes inside them.");
        }
        var values = JsonNodeFactory.instance.objectNode();
        for (var column = 0; column < header.size(); column++) {
            values.put(header.get(column), fields.getField(column));
        }
        return new Row(where, values);
    }

    private Optional<CsvRecord> record() {
        text.startRow(text.name() + ", row " + count);
        count++;
        if (!more()) {
            return Optional.empty();
        }
        var found = records.next();
        var last = found.getField(found.getFieldCount() - 1);
        if (last.endsWith(UNCLOSED) && !more()) {
            throw new UserException(where(found) + ": a quote that opens a field in this row is never closed. Close it,"
                    + " and double the quotes inside of quoted fields.");
        }
        return last.equals(END) && found.getFieldCount() == 1 && !more() ? Optional.empty() : Optional.of(found);
    }

    private boolean more() {
        try {
            return records.hasNext();
        } catch (CsvParseException | UncheckedIOException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof UserException explained) {
                    throw explained;
                }
            }
            throw new UserException(
                    text.name() + ", row " + (count - 1) + ": " + Printable.of(String.valueOf(e.getMessage()))
                            + " Double the quotes inside of quoted fields, and let only a separator follow the closing"
                            + " quote.",
                    e);
        }
    }

    private String where(CsvRecord found) {
        return text.name() + ":" + found.getStartingLineNumber();
    }

    @Override
    public void close() {
        try {
            records.close();
        } catch (IOException e) {
            text.close();
        }
    }
}
