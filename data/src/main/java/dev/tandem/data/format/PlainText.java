package dev.tandem.data.format;

import dev.tandem.data.conversation.AssistantTurn;
import dev.tandem.data.encoding.RowColumns;
import dev.tandem.data.rows.Row;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Columns as plain texts, for comparing rows. Values that should be texts but are not are written as JSON; the encoder
 * is what refuses them.
 */
public final class PlainText {
    private PlainText() {}

    /** A column as text, with one line a message for a list of messages; absent if the row does not have it. */
    public static Optional<String> of(Row row, RowColumns columns, String column) {
        return messages(row, columns, column)
                .map(PlainText::joined)
                .or(() -> columns.optional(row, column).map(PlainText::plain));
    }

    /** Messages such as {@code User: …} and {@code Assistant: …}; absent unless the column is a list of objects. */
    public static Optional<List<String>> messages(Row row, RowColumns columns, String column) {
        return columns.optional(row, column)
                .filter(node -> node.isArray() && !node.isEmpty() && node.get(0).isObject())
                .map(list -> list.valueStream().map(PlainText::message).toList());
    }

    /** Messages as one text. */
    public static String joined(List<String> messages) {
        return String.join("\n", messages);
    }

    private static String message(JsonNode message) {
        var role = plain(message.path(message.has("role") ? "role" : "from"));
        var content = plain(message.path(message.has("content") ? "content" : "value"));
        if (AssistantTurn.isRole(role)) {
            return "Assistant: " + content;
        }
        return (role.equals("user") || role.equals("human") ? "User" : role) + ": " + content;
    }

    private static String plain(JsonNode node) {
        if (node.isMissingNode()) {
            return "";
        }
        return node.isString() ? node.stringValue() : node.toString();
    }
}
