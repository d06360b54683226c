package dev.tandem.spark.report;

/**
 * The protocol of a connection. Rank 0 sends the token and the path of its probe, then frames, each a byte for its kind
 * and its content. The driver sends whether it sees the probe, then {@link #STOP} at most once.
 */
final class Frames {
    /** A line of output: text. */
    static final int LINE = 1;

    /** A file from its beginning: name, length, bytes. */
    static final int REPLACE = 2;

    /** The next piece of a file: name, bytes so far, length, bytes. */
    static final int APPEND = 3;

    /** The ranks are to stop. */
    static final int STOP = 4;

    /** Longest piece of a file, bytes. */
    static final int MAX_BYTES = 1 << 20;

    /** Longest line, characters: a text of the protocol has 65,535 bytes at most. */
    static final int MAX_CHARACTERS = 16_000;

    /** Milliseconds that either side has for its introduction. */
    static final int GREETING_MILLIS = 30_000;

    private Frames() {}
}
