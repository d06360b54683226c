package dev.tandem.data.conversation;

import dev.tandem.text.SafeText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads messages of any of the shapes that files have, and brings them into the one that chat templates know.
 *
 * @param place the column that they are in
 */
record MessageReader(ColumnPlace place) {
    private static final String ROLE = "role";
    private static final String CONTENT = "content";
    private static final List<String> ROLE_KEYS = List.of(ROLE, "from");
    private static final List<String> CONTENT_KEYS = List.of(CONTENT, "value", "text");
    /** Three names of one thing; templates read one or another. */
    private static final List<String> REASONING = List.of("reasoning_content", "reasoning", "thinking");

    private static final List<String> MEDIA = List.of("images", "image", "videos", "video", "audios", "audio");
    /** Keys of a question and its answer in one object. */
    private static final Map<String, String> EXCHANGES = Map.of(
            "input", "output", "human", "assistant", "user", "assistant", "prompt", "response", "question", "answer");

    private static final String MESSAGE = "a list of messages: {role: …, content: …}, not this in it,";

    /** @throws dev.tandem.UserException unless it is a list of messages, or JSON text of one */
    List<ObjectNode> list(JsonNode node) {
        var items = ColumnPlace.parsed(node);
        if (!items.isArray()) {
            throw place.wrong(node, "a list of messages");
        }
        var messages = new ArrayList<ObjectNode>();
        items.forEach(item -> read(item, messages));
        return messages;
    }

    /** An answer: a list of messages, a single one, or the assistant's text. */
    List<ObjectNode> answer(JsonNode node) {
        if (Messages.isText(node)) {
            return List.of(message(Roles.ASSISTANT, node));
        }
        var value = ColumnPlace.parsed(node);
        if (value.isArray()) {
            return list(value);
        }
        var messages = new ArrayList<ObjectNode>();
        read(value, messages);
        return messages;
    }

    private static ObjectNode message(String role, JsonNode content) {
        return JsonNodeFactory.instance.objectNode().put(ROLE, role).set(CONTENT, content);
    }

    private void read(JsonNode item, List<ObjectNode> into) {
        if (!(item instanceof ObjectNode object)) {
            throw place.wrong(item, MESSAGE);
        }
        var nullContent = CONTENT_KEYS.stream().anyMatch(key -> object.path(key).isNull());
        var message = (ObjectNode) ColumnPlace.withoutNulls(object);
        var role = first(message, ROLE_KEYS).filter(key -> message.get(key).isString());
        if (role.isEmpty()) {
            exchange(message, into);
            return;
        }
        var word = message.remove(role.get()).stringValue();
        var known = Roles.of(word)
                .orElseThrow(() -> place.refused("a message has the role '" + SafeText.line(word, 80)
                        + "', which is not known. Known are " + Roles.words() + ". Rename it."));
        into.add(normalised(word, known, message, nullContent));
    }

    private ObjectNode normalised(String word, String role, ObjectNode message, boolean nullContent) {
        var content = first(message, CONTENT_KEYS).map(message::remove);
        var read = JsonNodeFactory.instance.objectNode().put(ROLE, role);
        MEDIA.stream().filter(message::has).findFirst().ifPresent(key -> {
            throw place.refused("a message has '" + key + "'; only texts are read. Remove the key or the row.");
        });
        if (Roles.isCall(word)) {
            read.put(CONTENT, "");
            read.set(ToolCalls.CALLS, ToolCalls.ofTurn(place, content.orElse(message)));
        } else {
            content.ifPresent(value -> read.set(CONTENT, MessageContent.read(place, value)));
        }
        read.setAll(message);
        ToolCalls.normalise(place, read);
        reasoning(read);
        if (!read.has(CONTENT) && nullContent) {
            read.putNull(CONTENT);
        }
        if (!read.path(CONTENT).isString() && !read.path(CONTENT).isArray() && !read.has(ToolCalls.CALLS)) {
            throw place.wrong(message, "a message with 'role' and 'content', not one without content,");
        }
        TrainingMark.check(place, read);
        return read;
    }

    private static void reasoning(ObjectNode message) {
        first(message, REASONING)
                .map(message::get)
                .filter(JsonNode::isString)
                .ifPresent(text ->
                        REASONING.stream().filter(key -> !message.has(key)).forEach(key -> message.set(key, text)));
    }

    /** A question and its answer, and perhaps a system text before them. */
    private void exchange(ObjectNode item, List<ObjectNode> into) {
        var question = exchange(item)
                .orElseThrow(() -> place.wrong(item, "a message with 'role' and 'content', not one without a role,"));
        var texts =
                Stream.of(question.getKey(), question.getValue(), Roles.SYSTEM).toList();
        var marks = item.deepCopy();
        marks.remove(texts);
        if (marks.has("output_with_loss")) {
            marks.set("train", marks.remove("output_with_loss"));
        }
        if (!item.path(Roles.SYSTEM).asString("").isEmpty()) {
            into.add(message(Roles.SYSTEM, item.get(Roles.SYSTEM)));
        }
        // a conversation that the assistant begins has an empty first question
        if (!item.path(question.getKey()).stringValue().isEmpty()) {
            into.add(message(Roles.USER, item.get(question.getKey())));
        }
        var answer = message(Roles.ASSISTANT, item.get(question.getValue()));
        answer.setAll(marks);
        TrainingMark.check(place, answer);
        into.add(answer);
    }

    /** The keys of a question and its answer that an object has. */
    static Optional<Map.Entry<String, String>> exchange(JsonNode item) {
        return EXCHANGES.entrySet().stream()
                .filter(keys -> item.path(keys.getKey()).isString()
                        && item.path(keys.getValue()).isString())
                .findFirst();
    }

    private static Optional<String> first(ObjectNode message, List<String> keys) {
        return keys.stream().filter(message::has).findFirst();
    }
}
