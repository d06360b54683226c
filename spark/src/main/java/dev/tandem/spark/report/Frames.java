package dev.tandem.spark.report;

/**
 * What goes over a connection. From rank 0: the token and the path of its probe, then frames, each a byte that says which and
 * what belongs to it. From the driver: whether it sees the probe, then {@link #STOP} once, if ever.
 */
final class Frames {
    /** A line of output: text. */
    static final int LINE = 1;

    /** A file from its beginning: name, length, bytes. */
    static final int REPLACE = 2;

    /** A file goes on: name, bytes it has so far, length, bytes. */
    static final int APPEND = 3;

    /** The ranks are to stop. */
    static final int STOP = 4;

    /** Longest piece of a file, bytes. */
    static final int MOST_BYTES = 1 << 20;

    /** Longest line, characters: a text of the protocol has 65,535 bytes at most. */
    static final int MOST_CHARACTERS = 16_000;

    /** Milliseconds that either side has to introduce itself. */
    static final int GREETING_MILLIS = 30_000;

    private Frames() {}
}
