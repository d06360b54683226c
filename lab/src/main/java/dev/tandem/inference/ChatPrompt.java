package dev.tandem.inference;

import dev.tandem.UserException;
import dev.tandem.data.format.ConversationFormat;
import dev.tandem.data.format.PromptEncoder;
import dev.tandem.data.format.SftFormat;
import dev.tandem.data.rows.Row;
import dev.tandem.model.generation.TextModel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Turns a conversation into the prompt of its next turn: by the model's chat template, or with a plain template around what
 * the user says, the turns one after the other. Safe for use by several threads.
 */
public final class ChatPrompt {
    private final Optional<String> template;
    private final PromptEncoder encoder;

    /**
     * The prompts of a model.
     *
     * @param template {@code {}} stands for what the user says; absent: the model's chat template
     * @throws UserException if there is no template and the model has no chat template
     */
    public ChatPrompt(TextModel model, Optional<String> template) {
        this.template = template;
        this.encoder = PromptEncoder.of(
                template.isPresent() ? new SftFormat() : new ConversationFormat(),
                Optional.empty(),
                Map.of(),
                model.tokenizer(),
                model.model().spec().vocabSize());
    }

    /** Whether it has a plain template, which has no place for a system text. */
    public boolean isPlain() {
        return template.isPresent();
    }

    /** Spaces at the end of its prompts, which training moves to the front of the answer. */
    public int spaces() {
        return AnswerListener.spacesAtEnd(template.orElse(""));
    }

    /**
     * The prompt's tokens.
     *
     * @param where the conversation's name in error messages
     * @param messages the last one is the user's
     * @throws UserException if the template has no place for a message, or refuses the conversation
     */
    public int[] encode(String where, List<ChatMessage> messages) {
        return encoder.encode(new Row(where, template.isPresent() ? plain(where, messages) : conversation(messages)));
    }

    private static ObjectNode conversation(List<ChatMessage> messages) {
        var row = JsonMapper.shared().createObjectNode();
        var array = row.putArray("messages");
        messages.forEach(m -> array.addObject().put("role", m.role().text()).put("content", m.content()));
        return row;
    }

    private ObjectNode plain(String where, List<ChatMessage> messages) {
        var all = new StringBuilder();
        for (var message : messages) {
            switch (message.role()) {
                case USER -> all.append(template.orElseThrow().replace("{}", message.content()));
                case ASSISTANT -> all.append(message.content()).append('\n');
                case SYSTEM ->
                    throw new UserException(where + ": a plain --template has no place for a system text; put it into"
                            + " the template.");
            }
        }
        return JsonMapper.shared().createObjectNode().put("prompt", all.toString());
    }
}
