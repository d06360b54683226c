package dev.tandem.data.format;

import dev.tandem.UserException;
import dev.tandem.data.conversation.AssistantTurn;
import dev.tandem.data.conversation.ConversationColumns;
import dev.tandem.data.conversation.Messages;
import dev.tandem.data.encoding.RowColumns;
import dev.tandem.data.encoding.RowEncoder;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.rows.Row;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code conversation}: columns messages, a list of role and content, and optionally tools, system and
 * chat_template_kwargs; the model's chat template renders them.
 */
public record ConversationFormat() implements RowFormat {
    static final String MESSAGES = "messages";
    /** Further names of the column of messages. */
    static final List<String> OTHER_NAMES = List.of("conversations", "conversation");

    @Override
    public String name() {
        return "conversation";
    }

    @Override
    public List<RowShape> shapes() {
        return List.of(RowShape.RESPONSE);
    }

    @Override
    public List<String> columns(RowShape shape) {
        return ConversationColumns.and(MESSAGES);
    }

    @Override
    public List<String> required(RowShape shape) {
        return List.of(MESSAGES);
    }

    @Override
    public Map<String, List<String>> otherNames() {
        return ConversationColumns.otherNames(Map.of(MESSAGES, OTHER_NAMES));
    }

    @Override
    public boolean takesTemplate() {
        return false;
    }

    /** Refuses a missing or broken chat template before the first row. */
    @Override
    public RowEncoder encoder(RowShape shape, RowColumns columns, EncodingContext context) {
        var conversations = context.conversations();
        return row -> conversations.one(
                row.where(),
                ConversationColumns.withSystem(columns, row, Messages.of(columns, row, MESSAGES)),
                ConversationColumns.arguments(columns, row),
                0);
    }

    @Override
    public Optional<RowTexts> texts(RowShape shape, Row row, RowColumns columns) {
        return PlainText.messages(row, columns, MESSAGES).map(ConversationFormat::texts);
    }

    /** The prompt is everything before the first answer. */
    private static RowTexts texts(List<String> messages) {
        var prompt = 0;
        while (prompt < messages.size() && !messages.get(prompt).startsWith("Assistant:")) {
            prompt++;
        }
        return new RowTexts(
                PlainText.joined(messages.subList(0, prompt)),
                List.of(PlainText.joined(messages.subList(prompt, messages.size()))));
    }

    @Override
    public Optional<PromptRow> prompt() {
        return Optional.of(new NextTurn());
    }

    @Override
    public String cacheKey() {
        return "CONVERSATION_2";
    }

    /** Adds the assistant's next turn, or replaces the last one if the conversation ends with it. */
    private record NextTurn() implements PromptRow {
        @Override
        public List<String> columns() {
            return ConversationColumns.and(MESSAGES);
        }

        @Override
        public void answer(ObjectNode row, RowColumns columns, String answer) {
            var name = columns.name(new Row("the row", row), MESSAGES);
            messages(row, columns).ifPresent(messages -> {
                AssistantTurn.replace(messages, answer);
                row.set(name, messages);
            });
        }

        /** The row's messages; unread ones are left to the encoder, which says what is wrong. */
        private static Optional<ArrayNode> messages(ObjectNode row, RowColumns columns) {
            try {
                var found = Messages.of(columns, new Row("the row", row), MESSAGES);
                return Optional.of(JsonNodeFactory.instance.arrayNode().addAll(found));
            } catch (UserException e) {
                return Optional.empty();
            }
        }
    }
}
