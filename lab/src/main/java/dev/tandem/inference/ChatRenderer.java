package dev.tandem.inference;

import dev.tandem.UserException;
import dev.tandem.data.conversation.ConversationRenderer;
import dev.tandem.data.conversation.TemplateArguments;
import dev.tandem.data.conversation.TemplateRenderer;
import dev.tandem.data.tokenizer.TextTokenizer;
import dev.tandem.text.CommonPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** Writes conversations as a model's chat template does. Safe for use by several threads. */
final class ChatRenderer {
    /** Takes the place of an answer that does not exist yet. */
    private static final String ANSWER = "x";

    private final ConversationRenderer template;

    /** @throws UserException if the model has no chat template, or it does not follow the syntax */
    ChatRenderer(TextTokenizer tokenizer) {
        this.template = TemplateRenderer.of(tokenizer);
    }

    /** @throws UserException with the template's words, if it refuses the conversation */
    RenderedPrompt render(String where, Conversation conversation) {
        return conversation.continued() ? unfinished(where, conversation) : nextTurn(conversation);
    }

    /**
     * The text up to the next turn, and the beginning of that turn as far as training leaves it to the prompt: what the
     * template writes before an answer, whether the answer is there or not.
     */
    private RenderedPrompt nextTurn(Conversation conversation) {
        var asked = render(conversation, conversation.messages(), true);
        return new RenderedPrompt(asked.substring(0, shared(conversation, asked)), 0, false);
    }

    private int shared(Conversation conversation, String asked) {
        try {
            var answered = new ArrayList<>(conversation.messages());
            answered.add(Conversation.message("assistant", ANSWER));
            var common = CommonPrefix.length(asked, render(conversation, answered, false));
            var earlier = render(conversation, conversation.messages(), false);
            return common < CommonPrefix.length(asked, earlier) ? asked.length() : common;
        } catch (UserException e) {
            return asked.length(); // the template takes the question, but no answer of ours
        }
    }

    /** The text up to the end of the last message. */
    private RenderedPrompt unfinished(String where, Conversation conversation) {
        var last = conversation
                .lastAnswer()
                .orElseThrow(() -> new UserException(
                        where + ": the last message is not the assistant's, so that there is no answer to continue."));
        var content = Conversation.content(last);
        if (content.isBlank()) {
            var before =
                    conversation.messages().subList(0, conversation.messages().size() - 1);
            return nextTurn(new Conversation(before, conversation.arguments(), false));
        }
        var text = render(conversation, conversation.messages(), false);
        var start = text.lastIndexOf(content.strip());
        if (start < 0) {
            throw new UserException(where + ": the chat template does not write the last message as it is, so that it"
                    + " cannot be continued.");
        }
        var whole = content.stripLeading();
        var end = start
                + (text.startsWith(whole, start)
                        ? whole.length()
                        : content.strip().length());
        var cut = TextTokenizer.withoutTrailingSpaces(text.substring(0, end));
        return new RenderedPrompt(cut, end - cut.length(), true);
    }

    private String render(Conversation conversation, List<ObjectNode> messages, boolean addGenerationPrompt) {
        var arguments = new TemplateArguments(Optional.empty(), conversation.arguments());
        return template.render(messages, arguments, addGenerationPrompt).text();
    }
}
