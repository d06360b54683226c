package dev.tandem.data.conversation;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Renders messages as the model's chat template does. */
@FunctionalInterface
public interface ConversationRenderer {

    /**
     * Renders {@code messages} as text.
     *
     * @param arguments what the template receives beside them
     * @param addGenerationPrompt whether the beginning of the assistant's next turn follows
     * @throws dev.tandem.UserException if the template refuses them
     */
    Rendered render(List<ObjectNode> messages, TemplateArguments arguments, boolean addGenerationPrompt);

    /**
     * A rendered conversation.
     *
     * @param text all of it
     * @param generated what the template marks as written by the assistant, in order; empty if it marks nothing
     */
    record Rendered(String text, List<Span> generated) {
        public Rendered {
            generated = List.copyOf(generated);
        }
    }

    /** Characters {@code [start, end)} of a text. */
    record Span(int start, int end) {}
}
