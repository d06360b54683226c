package dev.tandem.data.rows;

import tools.jackson.databind.node.ObjectNode;

/**
 * One row of a data file.
 *
 * @param where its origin, ready for a message: {@code rows.jsonl:12} or {@code rows.parquet, row 12} (1-based)
 * @param values columns by name, as they are in the file
 */
public record Row(String where, ObjectNode values) {

    /**
     * Parses a text as a row: one JSON object, with the limits and the strictness of data files.
     *
     * @param where names the row in messages
     * @throws dev.tandem.UserException if the text is something else, or more than a row may hold
     */
    public static Row parse(String where, String json) {
        return new Row(where, JsonRows.row(where, json));
    }
}
