package dev.tandem.cli.serve.api;

import dev.tandem.UserException;
import dev.tandem.cli.serve.wire.ApiError;
import dev.tandem.inference.ChatMessage;
import dev.tandem.inference.ChatMessage.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** Reads requests to {@code /v1/chat/completions}. */
final class ChatReader {
    private static final Set<String> OWN = Set.of("messages", "max_completion_tokens");
    private static final List<String> LIMITS = List.of("max_completion_tokens", "max_tokens");
    /** Fields of an answer that clients send back. */
    private static final Set<String> OF_ANSWERS =
            Set.of("annotations", "tool_calls", "refusal", "audio", "function_call");

    private final ServedModel served;
    private final RequestReader reader;

    ChatReader(ServedModel served, RequestReader reader) {
        this.served = served;
        this.reader = reader;
    }

    /** @throws ApiError.Refusal if the request is not supported */
    ParsedRequest read(byte[] body) {
        var fields = reader.fields(body, OWN);
        if (!(fields.get("messages").orElse(null) instanceof ArrayNode array) || array.isEmpty()) {
            throw ApiError.parameter("messages", "missing", "messages must be an array of at least one message.")
                    .refusal();
        }
        var messages = new ArrayList<ChatMessage>();
        array.forEach(each -> messages.add(message(Fields.of(each, "messages[" + messages.size() + "]"))));
        if (messages.get(messages.size() - 1).role() != Role.USER) {
            throw ApiError.parameter(
                            "messages",
                            "invalid_value",
                            "The last message must be the user's: a partial answer cannot be continued.")
                    .refusal();
        }
        var chats = served.chats();
        return reader.asked(
                fields, List.of(reader.prompt(fields, "messages", encoded(messages), chats.spaces(), LIMITS)));
    }

    private int[] encoded(List<ChatMessage> messages) {
        try {
            return served.chats().encode("messages", messages);
        } catch (UserException e) {
            throw ApiError.parameter("messages", "invalid_value", String.valueOf(e.getMessage()))
                    .refusal();
        }
    }

    private static ChatMessage message(Fields message) {
        for (var entry : message.json().properties()) {
            var name = entry.getKey();
            var value = entry.getValue();
            var empty = value.isNull() || (value instanceof ArrayNode array && array.isEmpty());
            if (!name.equals("role")
                    && !name.equals("content")
                    && !(empty && OF_ANSWERS.contains(name))
                    && !value.isNull()) {
                var shown = name.length() > 60 ? name.substring(0, 60) + "…" : name;
                throw ApiError.parameter(
                                message.path() + shown,
                                "unsupported_parameter",
                                "Messages have a role and a content here; '" + shown + "' is not supported.")
                        .refusal();
            }
        }
        return new ChatMessage(role(message), content(message));
    }

    private static Role role(Fields message) {
        var role = message.text("role").orElse("");
        return switch (role) {
            case "system", "developer" -> Role.SYSTEM;
            case "user" -> Role.USER;
            case "assistant" -> Role.ASSISTANT;
            default ->
                throw ApiError.parameter(
                                message.path() + "role",
                                "invalid_value",
                                message.path() + "role must be system, developer, user or assistant.")
                        .refusal();
        };
    }

    private static String content(Fields message) {
        var name = message.path() + "content";
        var content = message.get("content")
                .orElseThrow(() -> ApiError.parameter(name, "missing", name + " is missing.")
                        .refusal());
        if (content instanceof ArrayNode parts) {
            return StreamSupport.stream(parts.spliterator(), false)
                    .map(part -> part(name, part))
                    .collect(Collectors.joining("\n"));
        }
        if (!content.isString()) {
            throw Fields.wrong(name, "a string or an array of text parts", content);
        }
        return Fields.text(name, content);
    }

    private static String part(String name, JsonNode part) {
        var fields = Fields.of(part, name);
        if (!fields.text("type").orElse("").equals("text")) {
            throw ApiError.parameter(
                            name,
                            "unsupported_parameter",
                            name + " has a part that is no text; only text is supported.")
                    .refusal();
        }
        return fields.text("text")
                .orElseThrow(() -> ApiError.parameter(name, "missing", name + " has a part without text.")
                        .refusal());
    }
}
