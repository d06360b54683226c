package dev.tandem.data.conversation;

import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** The turn that answers a conversation, in either spelling: {@code role}, or ShareGPT's {@code from}. */
public final class AssistantTurn {
    private AssistantTurn() {}

    /** Whether a message is the assistant's. */
    public static boolean isAnswer(JsonNode message) {
        return isRole(message.path("role").asString(message.path("from").asString("")));
    }

    /** Whether a role is the assistant's, in any of its words. */
    public static boolean isRole(String role) {
        return Roles.of(role).equals(Optional.of(Roles.ASSISTANT));
    }

    /** Ends a conversation with an answer, replacing the one that it may already end with. */
    public static void replace(ArrayNode messages, String answer) {
        var last = messages.size() - 1;
        if (last >= 0 && isAnswer(messages.get(last))) {
            messages.remove(last);
        }
        messages.addObject().put("role", Roles.ASSISTANT).put("content", answer);
    }
}
