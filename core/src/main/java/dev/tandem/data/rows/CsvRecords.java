package dev.tandem.data.rows;

import dev.tandem.UserException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Splits separated values into records after RFC 4180: a record ends with LF, CRLF or CR, a field in double quotes may
 * contain separators, line ends and doubled quotes. Blank lines are skipped. It is stricter than most readers in two
 * cases where these would silently return wrong rows: a quote that is never closed, and text after a closing quote.
 */
final class CsvRecords implements AutoCloseable {
    private static final int END = -1;
    private static final int NONE = -2;

    private final CheckedText text;
    private final BufferedReader reader;
    private final char separator;
    private int peeked = NONE;
    private boolean afterReturn;
    private boolean quoted;
    private int delimiter;
    private long line = 1;

    CsvRecords(CheckedText text, char separator) {
        this.text = text;
        this.reader = new BufferedReader(new InputStreamReader(text, StandardCharsets.UTF_8));
        this.separator = separator;
    }

    /**
     * A record.
     *
     * @param where file and line where it starts
     */
    record Fields(String where, List<String> values) {}

    /**
     * The next record that is not a blank line, or empty at the end of the file.
     *
     * @throws UserException if its quotes are wrong
     */
    Optional<Fields> next() {
        while (true) {
            var where = here();
            text.startRow(where);
            var values = values();
            var blank = values.size() == 1 && values.get(0).isEmpty() && !quoted;
            if (!blank) {
                return Optional.of(new Fields(where, values));
            }
            if (delimiter == END) {
                return Optional.empty();
            }
        }
    }

    private List<String> values() {
        var values = new ArrayList<String>();
        do {
            if (values.size() == RowLimits.VALUES) {
                throw new UserException(here() + ": this row has more than " + RowLimits.VALUES + " fields. Correct or"
                        + " remove it.");
            }
            values.add(field());
        } while (delimiter == separator);
        return values;
    }

    private String field() {
        var field = new StringBuilder();
        var next = take();
        quoted = next == '"';
        if (quoted) {
            takeQuoted(field);
            next = take();
            if (!ends(next)) {
                throw new UserException(here() + ": text follows the closing quote of a field: "
                        + Printable.of(Character.toString(next)) + ". Double the quotes inside of quoted fields.");
            }
        }
        while (!ends(next)) {
            field.append((char) next);
            next = take();
        }
        if (next == '\r' && peek() == '\n') {
            take();
        }
        delimiter = next;
        return field.toString();
    }

    private void takeQuoted(StringBuilder field) {
        var opened = here();
        for (var next = take(); next != '"' || peek() == '"'; next = take()) {
            if (next == END) {
                throw new UserException(opened + ": a quote that opens a field in this line is never closed. Close it,"
                        + " and double the quotes inside of quoted fields.");
            }
            field.append((char) next);
            if (next == '"') {
                take();
            }
        }
    }

    private boolean ends(int next) {
        return next == separator || next == '\n' || next == '\r' || next == END;
    }

    private int peek() {
        if (peeked == NONE) {
            peeked = read();
        }
        return peeked;
    }

    private int take() {
        var next = peek();
        peeked = NONE;
        if (next == '\r' || (next == '\n' && !afterReturn)) {
            line++;
        }
        afterReturn = next == '\r';
        return next;
    }

    private int read() {
        try {
            return reader.read();
        } catch (IOException e) {
            // The text reports its own errors.
            throw new UncheckedIOException(e);
        }
    }

    private String here() {
        return text.name() + ":" + line;
    }

    @Override
    public void close() {
        text.close();
    }
}
