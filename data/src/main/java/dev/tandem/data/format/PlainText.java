package dev.tandem.data.format;

import dev.tandem.data.conversation.Messages;
import dev.tandem.data.conversation.Turns;
import dev.tandem.data.encoding.RowColumns;
import dev.tandem.data.rows.Row;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

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

    /** Messages such as {@code User: …} and {@code Assistant: …}; absent unless the column holds messages. */
    public static Optional<List<String>> messages(Row row, RowColumns columns, String column) {
        return Messages.find(columns, row, column).map(PlainText::lines);
    }

    /** Messages, each with its role before it. */
    static List<String> lines(List<ObjectNode> messages) {
        return messages.stream().map(PlainText::message).toList();
    }

    /** Messages as one text. */
    public static String joined(List<String> messages) {
        return String.join("\n", messages);
    }

    private static String message(ObjectNode message) {
        var role = message.path("role").stringValue();
        var name = Turns.isAssistant(message) ? "Assistant" : role.equals("user") ? "User" : role;
        return name + ": " + Messages.text(message);
    }

    private static String plain(JsonNode node) {
        if (node.isMissingNode()) {
            return "";
        }
        return node.isString() ? node.stringValue() : node.toString();
    }
}
