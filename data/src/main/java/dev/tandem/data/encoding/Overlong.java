package dev.tandem.data.encoding;

/** What to do with a response that does not fit into {@code max-length}. */
public enum Overlong {
    /** It is cut to fit. */
    CUT,
    /** Its row is left out. */
    DROP
}
