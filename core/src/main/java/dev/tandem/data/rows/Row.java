package dev.tandem.data.rows;

import tools.jackson.databind.node.ObjectNode;

/**
 * One row of a data file.
 *
 * @param where where it came from, ready for a message: {@code rows.jsonl:12} or {@code rows.parquet, row 12} (1-based)
 * @param values columns by name, as the file has them
 */
public record Row(String where, ObjectNode values) {}
