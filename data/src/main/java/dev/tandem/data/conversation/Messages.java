package dev.tandem.data.conversation;

import dev.tandem.data.encoding.RowColumns;
import dev.tandem.data.rows.Row;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Lists of messages: {@code role} and {@code content}, or ShareGPT's {@code from} and {@code value}. */
public final class Messages {
    private Messages() {}

    /**
     * Reads the messages in a column; all their keys are kept.
     *
     * @throws dev.tandem.UserException unless it is there, a list of objects with a role
     */
    public static List<ObjectNode> of(RowColumns columns, Row row, String column) {
        var node = columns.required(row, column);
        if (!node.isArray()) {
            throw columns.wrong(row, column, node, "a list of messages");
        }
        var messages = new ArrayList<ObjectNode>();
        for (var item : node) {
            if (!(item instanceof ObjectNode message)) {
                throw columns.wrong(row, column, item, "a list of messages: {role: …, content: …}, not this in it,");
            }
            var read = message.has("role") ? message : fromShareGpt(message);
            if (!read.path("role").isString()) {
                throw columns.wrong(row, column, item, "a message with 'role' and 'content', not one without a role,");
            }
            messages.add(read);
        }
        return messages;
    }

    /** A conversation and how it continues. */
    public static List<ObjectNode> joined(List<ObjectNode> prompt, List<ObjectNode> answer) {
        var messages = new ArrayList<>(prompt);
        messages.addAll(answer);
        return messages;
    }

    private static ObjectNode fromShareGpt(ObjectNode message) {
        var read = message.deepCopy();
        if (message.path("from").isString() && message.has("value")) {
            var from = message.path("from").stringValue();
            read.remove(List.of("from", "value"));
            read.put("role", role(from)).set("content", message.get("value"));
        }
        return read;
    }

    private static String role(String from) {
        if (AssistantTurn.isRole(from)) {
            return AssistantTurn.ROLE;
        }
        return from.equals("human") ? "user" : from;
    }
}
