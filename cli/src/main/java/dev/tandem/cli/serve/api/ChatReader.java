package dev.tandem.cli.serve.api;

import dev.tandem.UserException;
import dev.tandem.cli.serve.wire.ApiError;
import dev.tandem.inference.Conversation;
import dev.tandem.inference.RenderedPrompt;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads requests to {@code /v1/chat/completions}. */
final class ChatReader {
    private static final String MESSAGES = "messages";
    private static final String ARGUMENTS = "chat_template_kwargs";
    private static final String CONTINUE = "continue_final_message";
    private static final String NEXT_TURN = "add_generation_prompt";
    private static final Set<String> OWN = Set.of(MESSAGES, "max_completion_tokens", ARGUMENTS, CONTINUE, NEXT_TURN);
    private static final List<String> LIMITS = List.of("max_completion_tokens", "max_tokens");

    private final ServedModel served;
    private final RequestReader reader;

    ChatReader(ServedModel served, RequestReader reader) {
        this.served = served;
        this.reader = reader;
    }

    /** @throws ApiError.Refusal if the request is not supported */
    ParsedRequest read(byte[] body) {
        var fields = reader.fields(body, OWN);
        if (!(fields.get(MESSAGES).orElse(null) instanceof ArrayNode array) || array.isEmpty()) {
            throw ApiError.parameter(MESSAGES, "missing", "messages must be an array of at least one message.")
                    .refusal();
        }
        if (array.size() > served.engine().longest()) {
            throw PromptLength.tooLong(MESSAGES, served.engine().longest(), array.size() + " messages");
        }
        served.chats(); // without a template, no message can be read
        var messages = messages(array);
        var prompt = rendered(new Conversation(messages, arguments(fields), isContinued(fields, messages)));
        return reader.asked(fields, List.of(reader.prompt(fields, MESSAGES, ids(prompt), prompt, LIMITS)));
    }

    private List<ObjectNode> messages(ArrayNode array) {
        var read = new MessageReader(served::isRoleOfTemplate);
        var messages = new ArrayList<ObjectNode>();
        for (var each : array) {
            var message = read.read(Fields.of(each, "messages[" + messages.size() + "]"));
            checkLength(message.path("content").asString(""));
            messages.add(message);
        }
        return messages;
    }

    private void checkLength(String text) {
        PromptLength.check(
                served.model().tokenizer(), MESSAGES, text, served.engine().longest());
    }

    /** Variables of the chat template beyond its usual ones. */
    private static Map<String, JsonNode> arguments(Fields fields) {
        var result = new LinkedHashMap<String, JsonNode>();
        fields.get(ARGUMENTS)
                .ifPresent(value -> Fields.of(value, ARGUMENTS)
                        .json()
                        .properties()
                        .forEach(entry -> result.put(entry.getKey(), entry.getValue())));
        result.keySet().stream()
                .filter(Conversation.RESERVED::contains)
                .findFirst()
                .ifPresent(name -> {
                    throw ApiError.parameter(
                                    ARGUMENTS,
                                    "invalid_value",
                                    ARGUMENTS + " has '" + name + "', which the request sets itself.")
                            .refusal();
                });
        return result;
    }

    /** Whether the last message is continued. An assistant's message at the end is, unless the request says otherwise. */
    private static boolean isContinued(Fields fields, List<ObjectNode> messages) {
        var answered =
                messages.get(messages.size() - 1).path("role").asString("").equals("assistant");
        var next = fields.flag(NEXT_TURN);
        var continued = fields.flag(CONTINUE).orElse(answered && !next.orElse(false));
        if (continued && !answered) {
            throw ApiError.parameter(
                            CONTINUE, "invalid_value", CONTINUE + " needs a last message that is the assistant's.")
                    .refusal();
        }
        if (continued && next.orElse(false)) {
            throw ApiError.parameter(
                            CONTINUE, "invalid_value", CONTINUE + " and " + NEXT_TURN + " cannot both be true.")
                    .refusal();
        }
        if (!continued && !next.orElse(true)) {
            throw ApiError.parameter(
                            NEXT_TURN,
                            "unsupported_parameter",
                            NEXT_TURN + ": false is not supported here without " + CONTINUE + ". Omit it.")
                    .refusal();
        }
        return continued;
    }

    private RenderedPrompt rendered(Conversation conversation) {
        try {
            return served.chats().render(MESSAGES, conversation);
        } catch (UserException e) {
            throw refused(e);
        }
    }

    private int[] ids(RenderedPrompt prompt) {
        checkLength(prompt.text());
        try {
            return served.chats().encode(MESSAGES, prompt);
        } catch (UserException e) {
            throw refused(e);
        }
    }

    private static ApiError.Refusal refused(UserException e) {
        return ApiError.parameter(MESSAGES, "invalid_value", String.valueOf(e.getMessage()))
                .refusal();
    }
}
