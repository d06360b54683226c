package dev.tandem.data.rows;

/**
 * Limits of a single row. A row is built in memory as a whole, so a damaged or hostile file (a gzip bomb, a missing
 * line end, a million brackets) must be refused before it fills the heap.
 */
final class RowLimits {
    /** Maximum bytes of text. */
    static final int BYTES = 64 << 20;

    /** {@link #BYTES} in words, for messages. */
    static final String BYTES_IN_WORDS = "64 MiB";

    /**
     * Maximum number of JSON values, not counting keys; each costs tens of bytes of heap, regardless of its length in
     * the file.
     */
    static final int VALUES = 2 << 20;

    /** Maximum depth of nested arrays and objects. */
    static final int DEPTH = 200;

    /** Maximum number of digits in a JSON number. */
    static final int DIGITS = 1000;

    private RowLimits() {}
}
