package dev.tandem.cli.serve.api;

import dev.tandem.cli.serve.wire.ApiError;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads the messages of a conversation, in the form that chat templates know. */
final class MessageReader {
    private static final Set<String> ROLES = Set.of("system", "user", "assistant", "tool", "function");

    /** Fields that templates may read; they are passed on as they are. */
    private static final Set<String> PASSED =
            Set.of("name", "tool_call_id", "function_call", "reasoning_content", "reasoning", "thinking");

    /** Fields that clients send back with an answer, or add for their own use. They do not change a conversation. */
    private static final Set<String> IGNORED = Set.of(
            "type",
            "id",
            "object",
            "index",
            "model",
            "status",
            "created",
            "created_at",
            "timestamp",
            "metadata",
            "annotations",
            "refusal",
            "parsed",
            "cache_control",
            "provider_specific_fields",
            "reasoning_details",
            "thinking_blocks",
            "logprobs",
            "finish_reason");

    private static final List<String> REASONING = List.of("reasoning_content", "reasoning");
    private static final String CONTENT = "content";
    private static final String CALLS = "tool_calls";

    private final Predicate<String> templateRole;

    /** @param templateRole whether the chat template knows a role beyond the usual ones */
    MessageReader(Predicate<String> templateRole) {
        this.templateRole = templateRole;
    }

    /** @throws ApiError.Refusal if it is no message, or has something that cannot be honoured */
    ObjectNode read(Fields message) {
        var result = JsonMapper.shared().createObjectNode();
        result.put("role", role(message)).put(CONTENT, content(message));
        for (var entry : message.json().properties()) {
            field(message, entry.getKey(), entry.getValue(), result);
        }
        // templates know the model's reasoning by one of two names
        REASONING.forEach(name -> {
            var other = REASONING.get(1 - REASONING.indexOf(name));
            if (result.has(name) && !result.has(other)) {
                result.set(other, result.get(name));
            }
        });
        return result;
    }

    private static void field(Fields message, String name, JsonNode value, ObjectNode result) {
        if (name.equals("role") || name.equals(CONTENT) || IGNORED.contains(name) || isEmpty(value)) {
            return;
        }
        if (name.equals(CALLS)) {
            result.set(name, calls(message.path() + name, value));
        } else if (PASSED.contains(name)) {
            result.set(name, value);
        } else {
            var shown = name.length() > 60 ? name.substring(0, 60) + "…" : name;
            throw ApiError.parameter(
                            message.path() + shown,
                            "unsupported_parameter",
                            "'" + shown + "' of a message is not supported.")
                    .refusal();
        }
    }

    private static boolean isEmpty(JsonNode value) {
        return value.isNull() || (value.isContainer() && value.isEmpty());
    }

    /** Templates expect a call's arguments as an object; OpenAI's API has the JSON text of one. */
    private static JsonNode calls(String name, JsonNode value) {
        if (!(value instanceof ArrayNode)) {
            throw Fields.wrong(name, "an array of calls", value);
        }
        var calls = value.deepCopy();
        for (var call : calls) {
            if (!(call instanceof ObjectNode)) {
                throw Fields.wrong(name, "an array of calls", value);
            }
            if (call.path("function") instanceof ObjectNode function
                    && function.path("arguments").isString()) {
                parsed(function.path("arguments").stringValue(), function);
            }
        }
        return calls;
    }

    private static void parsed(String arguments, ObjectNode function) {
        try {
            if (JsonMapper.shared().readTree(arguments) instanceof ObjectNode object) {
                function.set("arguments", object);
            }
        } catch (JacksonException e) {
            return; // it stays a text, as the model wrote it
        }
    }

    private String role(Fields message) {
        var role = message.text("role").orElse("");
        if (ROLES.contains(role) || templateRole.test(role)) {
            return role;
        }
        if (role.equals("developer")) {
            return "system";
        }
        throw ApiError.parameter(
                        message.path() + "role",
                        "invalid_value",
                        message.path() + "role must be system, developer, user, assistant or tool.")
                .refusal();
    }

    /** Null and an absent content, as beside calls, are an empty text. */
    private static String content(Fields message) {
        var name = message.path() + CONTENT;
        if (!message.json().has(CONTENT)
                && !message.json().has(CALLS)
                && !message.json().has("function_call")) {
            throw ApiError.parameter(name, "missing", name + " is missing.").refusal();
        }
        var content = message.get(CONTENT);
        if (content.isEmpty()) {
            return "";
        }
        if (content.get() instanceof ArrayNode parts) {
            return StreamSupport.stream(parts.spliterator(), false)
                    .map(part -> part(name, part))
                    .collect(Collectors.joining("\n"));
        }
        if (!content.get().isString()) {
            throw Fields.wrong(name, "a string or an array of text parts", content.get());
        }
        return Fields.text(name, content.get());
    }

    private static String part(String name, JsonNode part) {
        if (part.isString()) {
            return Fields.text(name, part);
        }
        var fields = Fields.of(part, name);
        var type = fields.text("type").orElse("");
        if (type.equals("refusal")) {
            return fields.text("refusal").orElse("");
        }
        if (!Set.of("text", "input_text", "output_text").contains(type)) {
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
