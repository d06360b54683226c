package dev.tandem.data.conversation;

import dev.tandem.UserException;
import dev.tandem.data.conversation.ConversationRenderer.Rendered;
import dev.tandem.data.conversation.ConversationRenderer.Span;
import dev.tandem.data.tokenizer.TokenizerFolder;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Renderings of conversations in the style of chat templates, written out in Java. */
public final class Renderers {
    private Renderers() {}

    /** ChatML; refuses a role it does not know. */
    public static Rendered chatMl(List<ObjectNode> messages, TemplateArguments arguments, boolean prompt) {
        var text = new StringBuilder(arguments
                .tools()
                .map(t -> "<|im_start|>system\n" + t + "<|im_end|>\n")
                .orElse(""));
        for (var message : messages) {
            var role = message.path("role").stringValue();
            if (!List.of("system", "user", "assistant").contains(role)) {
                throw new UserException("unknown role " + role);
            }
            text.append("<|im_start|>")
                    .append(role)
                    .append('\n')
                    .append(content(message))
                    .append("<|im_end|>\n");
        }
        return new Rendered(text + (prompt ? "<|im_start|>assistant\n" : ""), List.of());
    }

    /** ChatML that marks the assistant's content, but not the end of its turn. */
    public static Rendered marked(List<ObjectNode> messages, TemplateArguments arguments, boolean prompt) {
        var spans = new ArrayList<Span>();
        for (var i = 0; i < messages.size(); i++) {
            if (Turns.isAssistant(messages.get(i))) {
                var end = chatMl(messages.subList(0, i + 1), arguments, false)
                                .text()
                                .length()
                        - "<|im_end|>\n".length();
                spans.add(new Span(end - content(messages.get(i)).length(), end));
            }
        }
        return new Rendered(chatMl(messages, arguments, prompt).text(), spans);
    }

    /** ChatML that leaves the reasoning out of all answers but the last. */
    public static Rendered forgetful(List<ObjectNode> messages, TemplateArguments arguments, boolean prompt) {
        var changed = new ArrayList<ObjectNode>();
        for (var i = 0; i < messages.size(); i++) {
            var copy = messages.get(i).deepCopy();
            if (i < messages.size() - 1) {
                copy.put("content", content(copy).replaceAll("<think>.*</think>", ""));
            }
            changed.add(copy);
        }
        return chatMl(changed, arguments, prompt);
    }

    /** ChatML whose generation prompt opens the reasoning. */
    public static Rendered reasoning(List<ObjectNode> messages, TemplateArguments arguments, boolean prompt) {
        return new Rendered(chatMl(messages, arguments, prompt).text() + (prompt ? "<think>" : ""), List.of());
    }

    /** ChatML that puts EOS after a whole conversation. */
    public static Rendered closed(List<ObjectNode> messages, TemplateArguments arguments, boolean prompt) {
        return new Rendered(
                chatMl(messages, arguments, prompt).text() + (prompt ? "" : TokenizerFolder.EOS), List.of());
    }

    /** No special token anywhere. */
    public static Rendered bare(List<ObjectNode> messages, TemplateArguments arguments, boolean prompt) {
        var text = new StringBuilder();
        for (var message : messages) {
            text.append(message.path("role").stringValue())
                    .append(": ")
                    .append(content(message))
                    .append('\n');
        }
        return new Rendered(text + (prompt ? "assistant:" : ""), List.of());
    }

    /** BOS, then {@link #chatMl}. */
    public static Rendered withBos(List<ObjectNode> messages, TemplateArguments arguments, boolean prompt) {
        return new Rendered(
                TokenizerFolder.BOS + chatMl(messages, arguments, prompt).text(), List.of());
    }

    private static String content(ObjectNode message) {
        return message.path("content").stringValue();
    }
}
