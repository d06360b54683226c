package dev.tandem.data.rows;

import java.nio.file.Path;
import java.util.Optional;

/** JSON lines: one object a line, blank lines between them skipped. */
final class JsonLinesFile implements RowSource {
    private final TextLines lines;

    JsonLinesFile(Path file) {
        this.lines = new TextLines(CheckedText.open(file));
    }

    @Override
    public Optional<Row> next() {
        return lines.next().map(line -> new Row(line.where(), JsonRows.row(line.where(), line.text())));
    }

    @Override
    public void close() {
        lines.close();
    }
}
