package dev.tandem.data;

import dev.tandem.data.rows.Row;

/**
 * Rows of one conversation: messages, and optionally tools.
 *
 * @param columns maps the format's columns to the file's
 * @param conversations encodes them
 */
record ConversationRows(RowColumns columns, ConversationEncoder conversations) implements RowEncoder {

    @Override
    public EncodedRow encode(Row row) {
        var messages = Messages.of(columns, row, "messages", columns.required(row, "messages"));
        return conversations.one(row.where(), messages, columns.optional(row, "tools"), 0);
    }
}
