package dev.tandem.data;

import dev.tandem.data.rows.Row;

/** Turns a row of one format into token sequences: one for an instruction, two (chosen, rejected) for a pair. */
@FunctionalInterface
public interface RowEncoder {

    /**
     * Encodes a row.
     *
     * @throws dev.tandem.UserException if a column is absent or has the wrong type; it names the row, the column and
     *     the columns that exist
     */
    EncodedRow encode(Row row);
}
