package dev.tandem.inference;

import dev.tandem.UserException;
import dev.tandem.data.encoding.PromptTemplate;
import dev.tandem.data.tokenizer.TextTokenizer;
import dev.tandem.model.generation.TextModel;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import tools.jackson.databind.node.ObjectNode;

/**
 * Turns a conversation into the prompt of its next turn: by the model's chat template, or with a plain template around what
 * the user says, the turns one after the other. Safe for use by several threads.
 */
public final class ChatPrompt {
    private final TextTokenizer tokenizer;
    private final int vocabSize;
    private final Optional<PromptTemplate> plain;
    private final Optional<ChatRenderer> chat;

    /**
     * The prompts of a model.
     *
     * @param template {@code {}} stands for what the user says; absent: the model's chat template
     * @throws UserException if the template does not have one {@code {}}, or there is none and the model has no chat
     *     template that can be used
     */
    public ChatPrompt(TextModel model, Optional<String> template) {
        this.tokenizer = model.tokenizer();
        this.vocabSize = model.model().spec().vocabSize();
        this.plain = template.map(PromptTemplate::parse);
        this.chat = plain.isPresent() ? Optional.empty() : Optional.of(new ChatRenderer(tokenizer));
    }

    /**
     * The prompt's text.
     *
     * @param where the conversation's name in error messages
     * @throws UserException if the template has no place for a message, or refuses the conversation, with its words
     */
    public RenderedPrompt render(String where, Conversation conversation) {
        return chat.isPresent() ? chat.get().render(where, conversation) : plain(where, conversation);
    }

    /**
     * The prompt's tokens: the ids of the whole text, with BOS at the front if the tokenizer's rules add it.
     *
     * @param where the conversation's name in error messages
     * @throws UserException if it has no token, or one that the model does not have
     */
    public int[] encode(String where, RenderedPrompt prompt) {
        if (!TextTokenizer.isUnicode(prompt.text())) {
            throw new UserException(where + ": the text has half a surrogate pair, which is no character.");
        }
        var ids = tokenizer.withBos(tokenizer.encode(prompt.text()));
        if (ids.length == 0) {
            throw new UserException(where + ": the prompt is empty: it has no token, and the tokenizer adds none.");
        }
        if (IntStream.of(ids).anyMatch(id -> id >= vocabSize)) {
            throw new UserException(where + ": the text has a token that the model does not have; its vocabulary has "
                    + vocabSize + " tokens. Use tokenizer files that belong to the model.");
        }
        return ids;
    }

    /** The text of turns with a plain template; a system text is a line of its own before the turns that follow it. */
    private RenderedPrompt plain(String where, Conversation conversation) {
        var all = new StringBuilder();
        conversation.messages().forEach(message -> all.append(turn(where, message)));
        if (conversation.continued()) {
            all.setLength(all.length() - 1); // the line end after the answer
        } else if (!isUser(last(conversation.messages()))) {
            throw new UserException(
                    where + ": with a plain --template the last message is the user's, or an answer to" + " continue.");
        }
        var text = TextTokenizer.withoutTrailingSpaces(all.toString());
        return new RenderedPrompt(text, all.length() - text.length(), true);
    }

    private String turn(String where, ObjectNode message) {
        var content = Conversation.content(message);
        return switch (Conversation.role(message)) {
            case "user" -> plain.orElseThrow().render(content);
            case "assistant", "system", "developer" -> content + "\n";
            default ->
                throw new UserException(where + ": a plain --template has no place for a message of role "
                        + Conversation.role(message) + ".");
        };
    }

    private static ObjectNode last(List<ObjectNode> messages) {
        return messages.get(messages.size() - 1);
    }

    private static boolean isUser(ObjectNode message) {
        return Conversation.role(message).equals("user");
    }
}
