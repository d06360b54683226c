package dev.tandem.data.rows;

import java.util.HexFormat;

/**
 * Checks byte by byte that a stream is UTF-8 as Unicode defines it (table 3-7): no overlong forms, no surrogates,
 * nothing above U+10FFFF. Java's decoders would replace errors without saying where.
 */
final class Utf8 {
    private final byte[] bytes = new byte[4];
    private int length;
    private int missing;
    private int lowest;
    private int highest;

    /** Takes the next byte; returns false if it cannot follow the previous ones. */
    boolean accept(byte next) {
        var value = next & 0xff;
        if (missing == 0) {
            length = 0;
        }
        bytes[length++] = next;
        if (missing > 0) {
            if (value < lowest || value > highest) {
                return false;
            }
            missing--;
            lowest = 0x80;
            highest = 0xbf;
            return true;
        }
        return value < 0x80 || lead(value);
    }

    private boolean lead(int value) {
        if (value < 0xc2 || value > 0xf4) {
            return false;
        }
        missing = value < 0xe0 ? 1 : value < 0xf0 ? 2 : 3;
        lowest = value == 0xe0 ? 0xa0 : value == 0xf0 ? 0x90 : 0x80;
        highest = value == 0xed ? 0x9f : value == 0xf4 ? 0x8f : 0xbf;
        return true;
    }

    /**
     * The bytes of the character that {@link #accept} received last, those before the last included, in hexadecimal.
     */
    String character() {
        return HexFormat.ofDelimiter(" ").formatHex(bytes, 0, length);
    }

    /** How many bytes of that character came before the last. */
    int lead() {
        return length - 1;
    }

    /** Whether the bytes so far end with a whole character. */
    boolean complete() {
        return missing == 0;
    }
}
