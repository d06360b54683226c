package dev.tandem.data.rows;

import dev.tandem.UserException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Recognises by its first bytes a file that is not a text file of rows: another encoding, a web page, a pointer file.
 */
final class TextHead {
    private static final byte[] UTF8_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};
    private static final byte[] UTF32_BE_MARK = {0, 0, (byte) 0xfe, (byte) 0xff};
    private static final byte[] UTF32_LE_MARK = {(byte) 0xff, (byte) 0xfe, 0, 0};
    private static final byte[] UTF16_BE_MARK = {(byte) 0xfe, (byte) 0xff};
    private static final byte[] UTF16_LE_MARK = {(byte) 0xff, (byte) 0xfe};

    private TextHead() {}

    /** Number of bytes of the UTF-8 byte order mark at the beginning: 3 or 0. */
    static int byteOrderMark(FileBytes bytes) {
        return bytes.startsWith(UTF8_MARK) ? UTF8_MARK.length : 0;
    }

    /** @throws UserException if rows cannot be read from the file */
    static void check(FileBytes bytes) {
        var encoding = wideEncoding(bytes);
        if (!encoding.isEmpty()) {
            throw new UserException(bytes.name() + " is " + encoding + " text, UTF-8 was expected. Convert it: "
                    + (bytes.gzip() ? "gunzip -c old | " : "") + "iconv -f " + encoding + " -t UTF-8"
                    + (bytes.gzip() ? "" : " old") + " > new");
        }
        var head = bytes.head();
        if (head.length > 0 && head[0] == 0) {
            throw new UserException(bytes.name() + " starts with zero bytes: it is damaged (a disk that was full, a"
                    + " download that was broken off) or not text. Fetch it again.");
        }
        var start = new String(head, StandardCharsets.ISO_8859_1)
                .substring(byteOrderMark(bytes))
                .strip()
                .toLowerCase(Locale.ROOT);
        if (start.startsWith("<!doctype") || start.startsWith("<html") || start.startsWith("<?xml")) {
            throw new UserException(bytes.name() + ":1: this looks like a web page, as a failed download leaves it, not"
                    + " like rows. Open it to see the server's message, then fetch the file again.");
        }
        if (start.startsWith("version https://git-lfs")) {
            throw new UserException(bytes.name() + ":1: this is a Git LFS pointer, not the data itself. Fetch the data:"
                    + " git lfs pull");
        }
    }

    private static String wideEncoding(FileBytes bytes) {
        if (bytes.startsWith(UTF32_BE_MARK)) {
            return "UTF-32BE";
        }
        if (bytes.startsWith(UTF32_LE_MARK)) {
            return "UTF-32LE";
        }
        if (bytes.startsWith(UTF16_BE_MARK)) {
            return "UTF-16BE";
        }
        if (bytes.startsWith(UTF16_LE_MARK)) {
            return "UTF-16LE";
        }
        return unmarkedWideEncoding(bytes.head());
    }

    /**
     * The encoding without a byte order mark: rows begin with an ASCII character, whose zero bytes reveal width and
     * order.
     */
    private static String unmarkedWideEncoding(byte[] head) {
        if (head.length < 4) {
            return "";
        }
        var zeros = (head[0] == 0 ? 8 : 0) | (head[1] == 0 ? 4 : 0) | (head[2] == 0 ? 2 : 0) | (head[3] == 0 ? 1 : 0);
        return switch (zeros) {
            case 0b1110 -> "UTF-32BE";
            case 0b0111 -> "UTF-32LE";
            case 0b1010 -> "UTF-16BE";
            case 0b0101 -> "UTF-16LE";
            default -> "";
        };
    }
}
