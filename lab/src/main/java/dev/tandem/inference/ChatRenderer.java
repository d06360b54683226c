package dev.tandem.inference;

import dev.tandem.UserException;
import dev.tandem.data.tokenizer.TextTokenizer;
import dev.tandem.jinja.ChatTemplate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes conversations as a model's chat template does. Safe for use by several threads. */
final class ChatRenderer {
    /** Takes the place of an answer that does not exist yet. */
    private static final String ANSWER = "x";

    private final ChatTemplate template;
    private final Map<String, String> specialTexts;

    /** @throws UserException if the model has no chat template, or it does not follow the syntax */
    ChatRenderer(TextTokenizer tokenizer) {
        this.template = ChatTemplate.compile(tokenizer.chatTemplate(), "of the tokenizer");
        this.specialTexts = tokenizer.specialTexts();
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
            var common = common(asked, render(conversation, answered, false));
            var earlier = render(conversation, conversation.messages(), false);
            return common < common(asked, earlier) ? asked.length() : common;
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
        var variables = new LinkedHashMap<String, @Nullable Object>(specialTexts);
        conversation.arguments().forEach((name, value) -> variables.put(name, value(value)));
        variables.put("messages", messages.stream().map(ChatRenderer::value).toList());
        variables.put("tools", null);
        variables.put("documents", null);
        variables.put("add_generation_prompt", addGenerationPrompt);
        return template.render(variables).text();
    }

    /** JSON as texts, numbers, lists and maps. */
    private static @Nullable Object value(JsonNode node) {
        return JsonMapper.shared().treeToValue(node, Object.class);
    }

    private static int common(String first, String second) {
        var length = 0;
        while (length < Math.min(first.length(), second.length()) && first.charAt(length) == second.charAt(length)) {
            length++;
        }
        return length;
    }
}
