package dev.tandem.data.rows;

import dev.tandem.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/**
 * The bytes of a text file, checked while they are read: all are UTF-8 (a byte order mark is left out) and no row is
 * longer than {@link RowLimits#BYTES}. The reader first receives the valid bytes; then the error is a {@link
 * UserException} that names the place.
 */
final class CheckedText extends InputStream {
    private static final int CHUNK = 1 << 16;

    private final FileBytes bytes;
    private final byte[] chunk = new byte[CHUNK];
    private final Utf8 utf8 = new Utf8();
    private int position;
    private int end;
    private boolean bad;
    private long line = 1;
    private long column;
    private long rowBytes;
    private String row;

    private CheckedText(FileBytes bytes) {
        this.bytes = bytes;
        this.row = bytes.name();
    }

    /**
     * Opens {@code file}.
     *
     * @throws UserException if it cannot be read, is UTF-16 or UTF-32, or evidently is not data
     */
    static CheckedText open(Path file) {
        var bytes = FileBytes.open(file);
        try {
            TextHead.check(bytes);
            var text = new CheckedText(bytes);
            text.skip(TextHead.byteOrderMark(bytes));
            return text;
        } catch (UserException e) {
            bytes.close();
            throw e;
        }
    }

    /** The file as the user named it, escaped for messages. */
    String name() {
        return bytes.name();
    }

    /** Starts a new row; {@code where} names it in case it is too long. */
    void startRow(String where) {
        row = where;
        rowBytes = 0;
    }

    @Override
    public int read() {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int from, int length) {
        if (length == 0) {
            return 0;
        }
        if (position == end && !fill()) {
            return -1;
        }
        var count = Math.min(length, end - position);
        System.arraycopy(chunk, position, target, from, count);
        position += count;
        rowBytes += count;
        if (rowBytes > RowLimits.BYTES) {
            throw new UserException(row + ": this row is longer than " + RowLimits.BYTES_IN_WORDS
                    + ", more than one row may hold. Is a line end or a quote missing? Shorten or remove the row.");
        }
        return count;
    }

    @Override
    public long skip(long count) {
        var skipped = 0L;
        while (skipped < count && read() >= 0) {
            skipped++;
        }
        return skipped;
    }

    /** Reads the next chunk up to the first bad byte, which makes the following call fail. */
    private boolean fill() {
        if (bad) {
            throw badByte(utf8.lead(), "");
        }
        var count = readChunk();
        if (count < 0) {
            if (!utf8.complete()) {
                throw badByte(utf8.lead() + 1, " at the end of the file");
            }
            return false;
        }
        position = 0;
        end = 0;
        while (end < count && utf8.accept(chunk[end])) {
            column++;
            if (chunk[end++] == '\n') {
                line++;
                column = 0;
            }
        }
        bad = end < count;
        return end > 0 || fill();
    }

    private int readChunk() {
        try {
            return bytes.read(chunk, 0, CHUNK);
        } catch (IOException e) {
            throw FileBytes.unreadable(bytes.name() + ":" + line, e);
        }
    }

    /** @param lead number of bytes of the same character that were already handed out */
    private UserException badByte(int lead, String place) {
        return new UserException(bytes.name() + ":" + line + ", byte " + (column + 1 - lead)
                + " of the line: the bytes " + utf8.character() + " (hexadecimal)" + place
                + " are not UTF-8 text. Is the file in another encoding? Convert it, for example:"
                + " iconv -f ISO-8859-1 -t UTF-8 old > new");
    }

    @Override
    public void close() {
        bytes.close();
    }
}
