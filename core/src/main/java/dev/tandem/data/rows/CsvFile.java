package dev.tandem.data.rows;

import dev.tandem.UserException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;

/** Comma or tab separated values with a header line, unless the columns are given; every value is a string. */
final class CsvFile implements RowSource {
    private final CsvRecords records;
    private List<String> header = List.of();

    CsvFile(Path file, char separator) {
        this.records = new CsvRecords(CheckedText.open(file), separator);
    }

    /** A file without a header line. @param columns the names that its header would contain */
    CsvFile(Path file, char separator, List<String> columns) {
        this(file, separator);
        this.header = List.copyOf(columns);
    }

    @Override
    public Optional<Row> next() {
        if (header.isEmpty()) {
            var names = records.next();
            if (names.isEmpty()) {
                return Optional.empty();
            }
            header = header(names.get());
        }
        return records.next().map(this::row);
    }

    private static List<String> header(CsvRecords.Fields names) {
        requireSeparator(names);
        var seen = new HashSet<String>();
        for (var name : names.values()) {
            if (name.isBlank()) {
                throw new UserException(names.where() + ": column " + (seen.size() + 1) + " of the header has no name."
                        + " Name every column.");
            }
            if (!seen.add(name)) {
                throw new UserException(names.where() + ": two columns of the header are named \"" + Printable.of(name)
                        + "\". Rename or remove one.");
            }
        }
        return List.copyOf(names.values());
    }

    /** Refuses a header of one column that contains another separator: its rows would be useless. */
    private static void requireSeparator(CsvRecords.Fields names) {
        var first = names.values().get(0);
        for (var other : List.of(";", "\t", ",", "|")) {
            if (names.values().size() == 1 && first.contains(other)) {
                throw new UserException(names.where() + ": the header is one column, \"" + Printable.of(first)
                        + "\". Are its columns separated by something else? .csv is read with commas, .tsv with tabs:"
                        + " rename the file, or save it with commas.");
            }
        }
    }

    private Row row(CsvRecords.Fields fields) {
        var found = fields.values();
        if (found.size() != header.size()) {
            throw new UserException(fields.where() + ": fields found: " + found.size() + ", columns in the header: "
                    + header.size() + ". Put quotes around fields that hold separators or line ends, and double the"
                    + " quotes inside them.");
        }
        var values = JsonNodeFactory.instance.objectNode();
        for (var column = 0; column < header.size(); column++) {
            values.put(header.get(column), found.get(column));
        }
        return new Row(fields.where(), values);
    }

    @Override
    public void close() {
        records.close();
    }
}
