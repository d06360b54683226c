package dev.tandem.inference;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A conversation that a model is asked to continue.
 *
 * @param messages messages with a {@code role}, a {@code content} that is a text, and whatever else the chat template
 *     reads; at least one
 * @param arguments further variables of the chat template, such as {@code enable_thinking}
 * @param continued whether the last message, the assistant's, is continued; else the next turn begins
 */
public record Conversation(List<ObjectNode> messages, Map<String, JsonNode> arguments, boolean continued) {
    /** The variables that a conversation sets itself. */
    public static final Set<String> RESERVED = Set.of("messages", "tools", "documents", "add_generation_prompt");

    /** @throws IllegalArgumentException if there is no message, or an argument has the name of a variable of ours */
    public Conversation {
        messages = List.copyOf(messages);
        arguments = Map.copyOf(arguments);
        if (messages.isEmpty() || arguments.keySet().stream().anyMatch(RESERVED::contains)) {
            throw new IllegalArgumentException("messages or arguments");
        }
    }

    /** A conversation whose next turn is the assistant's. */
    public static Conversation of(List<ChatMessage> messages) {
        var nodes = new ArrayList<ObjectNode>();
        messages.forEach(message -> nodes.add(message(message.role().text(), message.content())));
        return new Conversation(nodes, Map.of(), false);
    }

    static ObjectNode message(String role, String content) {
        return JsonMapper.shared().createObjectNode().put("role", role).put("content", content);
    }

    static String role(ObjectNode message) {
        return message.path("role").asString("");
    }

    static String content(ObjectNode message) {
        return message.path("content").asString("");
    }

    /** The last message, if it is the assistant's. */
    Optional<ObjectNode> lastAnswer() {
        return Optional.of(messages.get(messages.size() - 1))
                .filter(last -> role(last).equals("assistant"));
    }
}
