package dev.tandem.data.rows;

import dev.tandem.UserException;
import java.nio.file.Path;
import java.util.Optional;

/** Opens a JSON file as what it is, an array or lines, whatever its suffix promises. */
final class JsonFile {
    private JsonFile() {}

    /** @param lines whether the name promises JSON lines: only then need an object at the root not be searched */
    static RowSource open(Path file, boolean lines) {
        var first = firstCharacter(file);
        if (first == '[') {
            return new JsonArrayFile(file, Optional.empty());
        }
        if (first != '{' || lines || manyLines(file)) {
            return new JsonLinesFile(file);
        }
        if (oneLine(file)) {
            // A single row on a single line and a document of rows look alike; the keys decide.
            var keys = RowsKey.candidates(file);
            return keys.size() == 1 ? new JsonArrayFile(file, Optional.of(keys.get(0))) : new JsonLinesFile(file);
        }
        return new JsonArrayFile(file, Optional.of(RowsKey.find(file)));
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

    private static boolean manyLines(Path file) {
        return startsWithRow(file, true);
    }

    private static boolean oneLine(Path file) {
        return startsWithRow(file, false);
    }

    /** Whether the first line is an object, and further lines follow ({@code more}) or none does. */
    private static boolean startsWithRow(Path file, boolean more) {
        try (var lines = new Lines(CheckedText.open(file))) {
            var first = lines.next().orElseThrow();
            JsonRows.row(first.where(), first.text());
            return lines.next().isPresent() == more;
        } catch (UserException e) {
            // Not an object on a line of its own. If the text itself is wrong, reading it as a document tells.
            return false;
        }
    }
}
