package dev.tandem.data.rows;

import java.nio.file.Path;
import java.util.Optional;

/** Opens a JSON file by its content, an array or lines, regardless of its suffix. */
final class JsonFile {
    private JsonFile() {}

    /** @param lines whether the name implies JSON lines: then an object at the root is a row, without a scan */
    static RowSource open(Path file, boolean lines) {
        var first = firstCharacter(file);
        if (first == '[') {
            return new JsonArrayFile(file, Optional.empty());
        }
        if (first != '{' || lines) {
            return new Lines(new TextLines(CheckedText.open(file)));
        }
        var root = JsonRoot.scan(file);
        if (root.oneLine() && (root.more() || root.keys().size() != 1)) {
            return new Lines(new TextLines(CheckedText.open(file)));
        }
        return new JsonArrayFile(file, Optional.of(root.key()));
    }

    /** The first character that is not white space, or -1. */
    private static int firstCharacter(Path file) {
        try (var text = CheckedText.open(file)) {
            var next = text.read();
            while (next == ' ' || next == '\t' || next == '\r' || next == '\n') {
                text.startRow(text.name());
                next = text.read();
            }
            return next;
        }
    }

    /** JSON lines: one object per line; blank lines between them are skipped. */
    private record Lines(TextLines lines) implements RowSource {
        @Override
        public Optional<Row> next() {
            return lines.next().map(line -> new Row(line.where(), JsonRows.row(line.where(), line.text())));
        }

        @Override
        public void close() {
            lines.close();
        }
    }
}
