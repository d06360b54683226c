package dev.tandem.data.format;

import dev.tandem.data.conversation.ConversationColumns;
import dev.tandem.data.encoding.RowColumns;
import dev.tandem.data.encoding.RowEncoder;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.rows.Row;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code sft}: columns prompt, response, two texts or lists of messages, and optionally system; tools and
 * chat_template_kwargs go with messages. TRL's name of the response, {@code completion}, is read as well.
 */
public record SftFormat() implements RowFormat {
    private static final String PROMPT = "prompt";
    private static final String RESPONSE = "response";

    @Override
    public String name() {
        return "sft";
    }

    @Override
    public List<RowShape> shapes() {
        return List.of(RowShape.RESPONSE);
    }

    @Override
    public List<String> columns(RowShape shape) {
        return ConversationColumns.and(PROMPT, RESPONSE);
    }

    @Override
    public List<String> required(RowShape shape) {
        return List.of(PROMPT, RESPONSE);
    }

    @Override
    public Map<String, List<String>> otherNames() {
        return ConversationColumns.otherNames(Map.of(RESPONSE, List.of("completion")));
    }

    @Override
    public boolean takesTemplate() {
        return true;
    }

    @Override
    public RowEncoder encoder(RowShape shape, RowColumns columns, EncodingContext context) {
        context.texts();
        return row -> new AnsweredRow(row, columns, PROMPT, RESPONSE).encode(context);
    }

    @Override
    public Optional<RowTexts> texts(RowShape shape, Row row, RowColumns columns) {
        return RowTexts.of(row, columns, PROMPT, RESPONSE);
    }

    @Override
    public Optional<PromptRow> prompt() {
        return Optional.of(PromptRow.of(ConversationColumns.and(PROMPT), RESPONSE));
    }

    @Override
    public String cacheKey() {
        return "SFT_2";
    }
}
