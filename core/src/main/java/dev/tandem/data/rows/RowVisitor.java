package dev.tandem.data.rows;

/** Receives rows one at a time, so that a file need not fit into memory. */
@FunctionalInterface
public interface RowVisitor {

    /** @return whether more rows are wanted */
    boolean row(Row row);
}
