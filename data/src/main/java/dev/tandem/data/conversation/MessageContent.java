package dev.tandem.data.conversation;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The content of messages: a text, or a list of parts, of which only texts are read. */
final class MessageContent {
    private static final String CONTENT = "content";
    private static final String TEXT = "text";
    private static final Set<String> TEXTS = Set.of(TEXT, "input_text", "output_text");

    private MessageContent() {}

    /**
     * The content as a text or a list of text parts.
     *
     * @throws dev.tandem.UserException if it is something else
     */
    static JsonNode read(ColumnPlace place, JsonNode content) {
        if (content.isString()) {
            return content;
        }
        if (!content.isArray() && !content.isObject()) {
            throw place.wrong(
                    content,
                    "a message with 'role' and 'content', a text or a list of text parts, not this as" + " content,");
        }
        var parts = JsonNodeFactory.instance.arrayNode();
        for (var part : content.isArray() ? List.copyOf(content.valueStream().toList()) : List.of(content)) {
            parts.addObject().put("type", TEXT).put(TEXT, text(place, part));
        }
        return parts;
    }

    private static String text(ColumnPlace place, JsonNode part) {
        if (part.isString()) {
            return part.stringValue();
        }
        var type = part.path("type").asString(TEXT);
        if (!TEXTS.contains(type)) {
            throw place.refused("a message has a part of type '" + type + "'; only parts of type text are read. Remove"
                    + " the part or the row.");
        }
        if (!part.path(TEXT).isString()) {
            throw place.wrong(part, "a part {type: text, text: …}, not this in a message's content,");
        }
        return part.path(TEXT).stringValue();
    }

    /** Messages whose contents are all texts, the parts of each joined. */
    static List<ObjectNode> asTexts(List<ObjectNode> messages) {
        var result = new ArrayList<ObjectNode>();
        for (var message : messages) {
            result.add(message.path(CONTENT).isArray() ? message.deepCopy().put(CONTENT, text(message)) : message);
        }
        return result;
    }

    /** Messages whose contents are all lists of parts. */
    static List<ObjectNode> asParts(List<ObjectNode> messages) {
        var result = new ArrayList<ObjectNode>();
        for (var message : messages) {
            var copy = message.deepCopy();
            if (message.path(CONTENT).isString()) {
                copy.putArray(CONTENT).addObject().put("type", TEXT).put(TEXT, text(message));
            }
            result.add(copy);
        }
        return result;
    }

    /** The text of a message that has been read; empty if it has none. */
    static String text(ObjectNode message) {
        var content = message.path(CONTENT);
        if (!content.isArray()) {
            return content.asString("");
        }
        var text = new StringBuilder();
        content.forEach(part -> text.append(part.path(TEXT).asString("")));
        return text.toString();
    }
}
