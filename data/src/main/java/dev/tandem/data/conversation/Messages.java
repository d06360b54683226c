package dev.tandem.data.conversation;

import dev.tandem.UserException;
import dev.tandem.data.encoding.RowColumns;
import dev.tandem.data.rows.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Lists of messages, in the one form that chat templates know. Files may write {@code role} and {@code content}, ShareGPT's
 * {@code from} and {@code value}, or objects of a question and its answer; the list may be the JSON text of one.
 */
public final class Messages {
    private Messages() {}

    /**
     * Reads the messages in a column; keys that are not null are kept.
     *
     * @throws dev.tandem.UserException unless it is there, a list of messages of known roles that hold text
     */
    public static List<ObjectNode> of(RowColumns columns, Row row, String column) {
        return reader(columns, row, column).list(columns.required(row, column));
    }

    /**
     * Reads an answer: a list of messages, a single message, or the assistant's text.
     *
     * @throws dev.tandem.UserException if it is absent or something else
     */
    public static List<ObjectNode> answer(RowColumns columns, Row row, String column) {
        return reader(columns, row, column).answer(columns.required(row, column));
    }

    /**
     * Reads messages from a value of a column.
     *
     * @throws dev.tandem.UserException unless it is a list of messages
     */
    public static List<ObjectNode> of(RowColumns columns, Row row, String column, JsonNode value) {
        return reader(columns, row, column).list(value);
    }

    /** The messages in a column; absent if it does not hold any that can be read. */
    public static Optional<List<ObjectNode>> find(RowColumns columns, Row row, String column) {
        try {
            return columns.optional(row, column)
                    .filter(value -> !isText(value))
                    .map(value -> reader(columns, row, column).answer(value))
                    .filter(messages -> !messages.isEmpty());
        } catch (UserException e) {
            return Optional.empty();
        }
    }

    private static MessageReader reader(RowColumns columns, Row row, String column) {
        return new MessageReader(new ColumnPlace(columns, row, column));
    }

    /**
     * Whether a value is to be read as a text: anything but messages, or the JSON text of messages. What is neither is refused
     * where a text is read.
     */
    public static boolean isText(JsonNode value) {
        var parsed = ColumnPlace.parsed(value);
        var first = parsed.isArray() ? parsed.path(0) : parsed;
        if (value.isString()) {
            return !(first.path("role").isString() && first.has("content")
                    || first.path("from").isString() && first.has("value"));
        }
        return !(first.path("role").isString()
                || first.path("from").isString()
                || MessageReader.exchange(first).isPresent()
                || parsed.path("messages").isArray());
    }

    /** The user's message of a text. */
    public static ObjectNode user(String text) {
        return JsonNodeFactory.instance.objectNode().put("role", Roles.USER).put("content", text);
    }

    /** The text of a message that has been read. */
    public static String text(ObjectNode message) {
        return MessageContent.text(message)
                + (message.has(ToolCalls.CALLS) ? message.path(ToolCalls.CALLS).toString() : "");
    }

    /** Whether messages begin with others. */
    public static boolean startsWith(List<ObjectNode> messages, List<ObjectNode> others) {
        return messages.size() >= others.size()
                && messages.subList(0, others.size()).equals(others);
    }

    /** A conversation and how it continues. */
    public static List<ObjectNode> joined(List<ObjectNode> prompt, List<ObjectNode> answer) {
        var messages = new ArrayList<>(prompt);
        messages.addAll(answer);
        return messages;
    }
}
