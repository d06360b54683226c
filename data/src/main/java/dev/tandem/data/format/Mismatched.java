package dev.tandem.data.format;

/** Whose response stands for a mismatched one: a prompt's with the response of another row. */
public enum Mismatched {
    /** That of the row before it among as many rows as a batch has, in the order of the data; the first has the last's. */
    BATCH,
    /** That of its successor in a seeded order of all rows. */
    DATASET
}
