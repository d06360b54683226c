package dev.tandem.data.rows;

import java.util.Optional;

/** Rows of an open file, one at a time, in file order. */
interface RowSource extends AutoCloseable {

    /**
     * The next row, or empty after the last.
     *
     * @throws dev.tandem.UserException if what comes next is not a row; no further row is requested afterwards
     */
    Optional<Row> next();

    @Override
    void close();
}
