package dev.tandem.data.format;

import dev.tandem.data.conversation.AssistantTurn;
import dev.tandem.data.conversation.Messages;
import dev.tandem.data.encoding.RowColumns;
import dev.tandem.data.encoding.RowEncoder;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.rows.Row;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code conversation}: columns messages, a list of role and content, and optionally tools; the model's chat template renders them. */
public record ConversationFormat() implements RowFormat {
    private static final String MESSAGES = "messages";
    private static final String TOOLS = "tools";

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
        return List.of(MESSAGES, TOOLS);
    }

    @Override
    public List<String> required(RowShape shape) {
        return List.of(MESSAGES);
    }

    @Override
    public boolean takesTemplate() {
        return false;
    }

    /** Refuses a missing or broken chat template before the first row. */
    @Override
    public RowEncoder encoder(RowShape shape, RowColumns columns, EncodingContext context) {
        var conversations = context.conversations();
        return row ->
                conversations.one(row.where(), Messages.of(columns, row, MESSAGES), columns.optional(row, TOOLS), 0);
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

    /** Adds the assistant's next turn, or replaces the last one if the conversation ends with it. */
    private record NextTurn() implements PromptRow {
        @Override
        public List<String> columns() {
            return List.of(MESSAGES, TOOLS);
        }

        @Override
        public void answer(ObjectNode row, RowColumns columns, String answer) {
            if (row.get(columns.name(MESSAGES)) instanceof ArrayNode messages) {
                AssistantTurn.replace(messages, answer);
            }
        }
    }
}
