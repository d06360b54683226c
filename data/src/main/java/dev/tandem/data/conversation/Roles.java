package dev.tandem.data.conversation;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Roles of messages: the words that files use for them, in any case of letters, and the ones that chat templates know. */
public final class Roles {
    static final String USER = "user";
    static final String ASSISTANT = "assistant";
    static final String SYSTEM = "system";
    static final String TOOL = "tool";

    /** Roles that some templates know, besides the four. */
    private static final Set<String> OTHERS = Set.of("developer", "ipython", "environment");

    /** A turn of the assistant whose content is the call of a tool. */
    private static final Set<String> CALLS = Set.of("function_call", "tool_call");

    private static final Map<String, String> WORDS = Map.ofEntries(
            Map.entry("human", USER),
            Map.entry("prompter", USER),
            Map.entry("gpt", ASSISTANT),
            Map.entry("bot", ASSISTANT),
            Map.entry("chatgpt", ASSISTANT),
            Map.entry("chatbot", ASSISTANT),
            Map.entry("bing", ASSISTANT),
            Map.entry("bard", ASSISTANT),
            Map.entry("model", ASSISTANT),
            Map.entry("ai", ASSISTANT),
            Map.entry("observation", TOOL),
            Map.entry("function", TOOL),
            Map.entry("function_response", TOOL),
            Map.entry("tool_response", TOOL));

    private Roles() {}

    /** The role that chat templates know for a word; absent if it is none. A call is the assistant's. */
    public static Optional<String> of(String word) {
        var lower = word.toLowerCase(Locale.ROOT);
        if (isCall(word)) {
            return Optional.of(ASSISTANT);
        }
        return Set.of(USER, ASSISTANT, SYSTEM, TOOL).contains(lower) || OTHERS.contains(lower)
                ? Optional.of(lower)
                : Optional.ofNullable(WORDS.get(lower));
    }

    /** Whether the word means a turn that calls a tool. */
    static boolean isCall(String word) {
        return CALLS.contains(word.toLowerCase(Locale.ROOT));
    }

    /** All words, for messages. */
    static String words() {
        var all = new TreeSet<>(WORDS.keySet());
        all.addAll(OTHERS);
        all.addAll(CALLS);
        return "user, assistant, system, tool; also " + String.join(", ", all);
    }
}
