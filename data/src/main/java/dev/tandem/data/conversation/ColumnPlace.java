package dev.tandem.data.conversation;

import dev.tandem.UserException;
import dev.tandem.data.encoding.RowColumns;
import dev.tandem.data.rows.Row;
import dev.tandem.io.InputJson;
import dev.tandem.text.SafeText;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A column of a row that is being read.
 *
 * @param column the format's name of the column
 */
record ColumnPlace(RowColumns columns, Row row, String column) {

    /** The error for something in the column that is not {@code expected}. */
    UserException wrong(JsonNode found, String expected) {
        return columns.wrong(row, column, found, expected);
    }

    /** The error for something in the column that cannot be read. @param problem what it is and what to do */
    UserException refused(String problem) {
        return new UserException(
                row.where() + ": column '" + SafeText.line(columns.name(row, column), 80) + "': " + problem);
    }

    /** The value, or what its text means as JSON: files without lists and objects, such as CSV, hold them as texts. */
    static JsonNode parsed(JsonNode node) {
        return node.isString() ? json(node.stringValue()).orElse(node) : node;
    }

    /** The list or object that a text spells; absent if it is another text. */
    static Optional<JsonNode> json(String text) {
        var start = text.strip();
        if (!start.startsWith("[") && !start.startsWith("{")) {
            return Optional.empty();
        }
        try {
            return Optional.of(InputJson.mapper().readTree(text));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    /** A value without the keys that are null: Parquet and exports of tables fill in what an object does not have. */
    static JsonNode withoutNulls(JsonNode node) {
        var copy = node.deepCopy();
        removeNulls(copy);
        return copy;
    }

    private static void removeNulls(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.removeIf(JsonNode::isNull);
            object.values().forEach(ColumnPlace::removeNulls);
        } else if (node instanceof ArrayNode array) {
            array.forEach(ColumnPlace::removeNulls);
        }
    }
}
