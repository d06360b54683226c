package dev.tandem.data;

import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** The turn that answers a conversation, in either spelling: {@code role}, or ShareGPT's {@code from}. */
public final class LastTurn {
    private static final Set<String> ASSISTANT = Set.of("assistant", "gpt", "bot");

    private LastTurn() {}

    /** Whether a message is the assistant's. */
    public static boolean isAnswer(JsonNode message) {
        return ASSISTANT.contains(
                message.path("role").asString(message.path("from").asString("")));
    }

    /** Ends a conversation with an answer, replacing the one that it may already end with. */
    public static void replace(ArrayNode messages, String answer) {
        var last = messages.size() - 1;
        if (last >= 0 && isAnswer(messages.get(last))) {
            messages.remove(last);
        }
        messages.addObject().put("role", "assistant").put("content", answer);
    }
}
