package dev.tandem.data;

import dev.tandem.data.ConversationRenderer.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A rendered conversation and the characters of it that the assistant wrote.
 *
 * <p>If the template marks them itself ({@code {% generation %}}), its marks are used. Otherwise turn i is the part of
 * {@code render(messages[0..i])} after the context that generation would start from, {@code render(messages[0..i),
 * generation prompt added)}. Where the generation prompt contains more than the beginning of the rendered turn (an
 * opened {@code <think>}), the turn begins where the two differ.
 *
 * <p>Some templates rewrite earlier turns when later ones follow (they remove an earlier answer's reasoning). A turn
 * rewritten in this way is context only: it is not what generation would write.
 *
 * @param text the conversation up to its last assistant turn
 * @param spans the trained turns, in order, not overlapping
 */
record Turns(String text, List<Span> spans) {
    Turns {
        spans = List.copyOf(spans);
    }

    /**
     * Finds the assistant's turns.
     *
     * @param messages the last one is the assistant's
     * @param from turns of messages before this index are context
     * @param ending EOS's text, which some templates put after a whole conversation but not after its earlier turns
     * @return absent if no context of the last turn is a beginning of what the template renders
     * @throws dev.tandem.UserException if the template refuses the conversation
     */
    static Optional<Turns> find(
            ConversationRenderer renderer,
            List<ObjectNode> messages,
            Optional<JsonNode> tools,
            int from,
            String ending) {
        var rendered = renderer.render(messages, tools, false);
        if (!rendered.generated().isEmpty()) {
            var answer = from == 0
                    ? 0
                    : renderer.render(messages.subList(0, from), tools, false)
                            .text()
                            .length();
            return Optional.of(new Turns(
                    rendered.text(),
                    rendered.generated().stream()
                            .filter(span -> span.start() >= answer)
                            .toList()));
        }
        var spans = new ArrayList<Span>();
        // An opening message of the assistant answers nothing.
        for (var i = Math.max(from, 1); i < messages.size(); i++) {
            if (isAssistant(messages.get(i))) {
                var after = spans.isEmpty() ? 0 : spans.get(spans.size() - 1).end();
                turn(renderer, messages.subList(0, i + 1), tools, rendered.text(), ending)
                        .filter(span -> span.start() >= after)
                        .ifPresent(spans::add);
            }
        }
        var complete = !spans.isEmpty()
                && spans.get(spans.size() - 1).end() == rendered.text().length();
        return complete ? Optional.of(new Turns(rendered.text(), spans)) : Optional.empty();
    }

    /** Whether a message is the assistant's. */
    static boolean isAssistant(ObjectNode message) {
        return message.path("role").asString("").equals("assistant");
    }

    /** Where the last of {@code messages} is in {@code whole}; absent if {@code whole} does not begin with them. */
    private static Optional<Span> turn(
            ConversationRenderer renderer,
            List<ObjectNode> messages,
            Optional<JsonNode> tools,
            String whole,
            String ending) {
        var upTo = renderer.render(messages, tools, false).text();
        var before = messages.subList(0, messages.size() - 1);
        if (!whole.startsWith(upTo) && !ending.isEmpty() && upTo.endsWith(ending)) {
            upTo = upTo.substring(0, upTo.length() - ending.length());
        }
        if (!whole.startsWith(upTo)) {
            return Optional.empty();
        }
        var start = common(renderer.render(before, tools, true).text(), upTo);
        // Less than the earlier messages in common: the template has rewritten them.
        var earlier = renderer.render(before, tools, false).text();
        var least = earlier.length() - (earlier.endsWith(ending) ? ending.length() : 0);
        return start < least ? Optional.empty() : Optional.of(new Span(start, upTo.length()));
    }

    private static int common(String first, String second) {
        var length = 0;
        while (length < Math.min(first.length(), second.length()) && first.charAt(length) == second.charAt(length)) {
            length++;
        }
        return length;
    }
}
