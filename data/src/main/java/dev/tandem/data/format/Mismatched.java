package dev.tandem.data.format;

/** Which row's response a prompt is paired with to form a mismatched one. */
public enum Mismatched {
    /**
     * The response of the previous row within a group of as many rows as a batch has, in the order of the data; the
     * first row takes the last row's.
     */
    BATCH,
    /** The response of the row's successor in a seeded order of all rows. */
    DATASET
}
