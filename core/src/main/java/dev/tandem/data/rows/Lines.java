package dev.tandem.data.rows;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Lines of a text file that are not blank. A line ends with LF or CRLF only: U+2028, U+2029 and U+0085 are legal inside
 * JSON strings.
 */
final class Lines implements AutoCloseable {
    private static final int CHUNK = 1 << 16;

    private final CheckedText text;
    private final byte[] chunk = new byte[CHUNK];
    private int position;
    private int end;
    private long number;

    Lines(CheckedText text) {
        this.text = text;
    }

    /**
     * A line without its end.
     *
     * @param where file and line, {@code rows.jsonl:12}
     */
    record Line(String where, String text) {}

    /** The next line that is not blank, or empty at the end of the file. */
    Optional<Line> next() {
        while (true) {
            number++;
            var where = text.name() + ":" + number;
            text.startRow(where);
            if (position == end && !fill()) {
                return Optional.empty();
            }
            var line = line();
            if (!blank(line)) {
                return Optional.of(new Line(where, line));
            }
        }
    }

    private String line() {
        var start = position;
        if (skipToLineEnd()) {
            return string(chunk, start, position - 1);
        }
        var parts = new ByteArrayOutputStream(2 * CHUNK);
        parts.write(chunk, start, position - start);
        while (fill()) {
            if (skipToLineEnd()) {
                parts.write(chunk, 0, position - 1);
                break;
            }
            parts.write(chunk, 0, position);
        }
        var bytes = parts.toByteArray();
        return string(bytes, 0, bytes.length);
    }

    /** Moves past the next LF, or to the end of the chunk if there is none in it. */
    private boolean skipToLineEnd() {
        while (position < end) {
            if (chunk[position++] == '\n') {
                return true;
            }
        }
        return false;
    }

    private boolean fill() {
        position = 0;
        end = Math.max(0, text.read(chunk, 0, CHUNK));
        return end > 0;
    }

    private static String string(byte[] bytes, int from, int to) {
        var withoutReturn = to > from && bytes[to - 1] == '\r' ? to - 1 : to;
        return new String(bytes, from, withoutReturn - from, StandardCharsets.UTF_8);
    }

    private static boolean blank(String line) {
        return line.chars().allMatch(c -> c == ' ' || c == '\t' || c == '\r');
    }

    @Override
    public void close() {
        text.close();
    }
}
