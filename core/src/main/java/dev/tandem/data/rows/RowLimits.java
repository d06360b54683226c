package dev.tandem.data.rows;

/**
 * What one row may hold at most. A row is built in memory as a whole, so a damaged or hostile file (a gzip bomb, a
 * missing line end, a million brackets) must be refused before it fills the heap.
 */
final class RowLimits {
    /** Bytes of text. */
    static final int BYTES = 64 << 20;

    /** {@link #BYTES} in words, for messages. */
    static final String BYTES_IN_WORDS = "64 MiB";

    /** JSON values, keys not counted; each costs tens of bytes of heap, whatever its length in the file. */
    static final int VALUES = 2 << 20;

    /** Arrays and objects inside each other. */
    static final int DEPTH = 200;

    /** Digits of a JSON number. */
    static final int DIGITS = 1000;

    private RowLimits() {}
}
