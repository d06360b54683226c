package dev.tandem.data.source;

import dev.tandem.data.DataSource;

/**
 * Where an example comes from.
 *
 * @param source its file
 * @param kept its place among the rows of the file that are kept, 0-based
 */
public record RowOrigin(DataSource source, int kept) {}
