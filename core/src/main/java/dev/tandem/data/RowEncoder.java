package dev.tandem.data;

import dev.tandem.data.rows.Row;

/** Turns a row of one format into token sequences: one for an instruction, two (chosen, rejected) for a pair. */
@FunctionalInterface
public interface RowEncoder {

    /**
     * Encodes a row.
     *
     * @throws dev.tandem.UserException if a column is absent or of a wrong type: naming the row, the column and the
     *     columns there are
     */
    EncodedRow encode(Row row);
}
