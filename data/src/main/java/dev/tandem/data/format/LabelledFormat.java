package dev.tandem.data.format;

import dev.tandem.data.conversation.ConversationColumns;
import dev.tandem.data.conversation.Messages;
import dev.tandem.data.conversation.Turns;
import dev.tandem.data.encoding.EncodedRow;
import dev.tandem.data.encoding.RowColumns;
import dev.tandem.data.encoding.RowEncoder;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.rows.Row;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * {@code labelled}: columns prompt, response, label, for losses that learn from single answers that are known to be good or
 * bad. Prompt and response are two texts or two lists of messages, or a column of messages holds both and ends with the
 * response. The label is true or 1 for a desirable response, false or 0 for an undesirable one. TRL's name of the response,
 * {@code completion}, and LLaMA-Factory's of the label, {@code kto_tag}, are read as well.
 */
public record LabelledFormat() implements RowFormat {
    private static final String PROMPT = "prompt";
    private static final String RESPONSE = "response";
    private static final String LABEL = "label";
    private static final String KTO_TAG = "kto_tag";
    private static final String MESSAGES = ConversationFormat.MESSAGES;

    @Override
    public String name() {
        return "labelled";
    }

    @Override
    public List<RowShape> shapes() {
        return List.of(RowShape.LABELLED);
    }

    @Override
    public List<String> columns(RowShape shape) {
        return ConversationColumns.and(PROMPT, RESPONSE, LABEL, MESSAGES);
    }

    @Override
    public List<String> required(RowShape shape) {
        return List.of(PROMPT, RESPONSE, LABEL);
    }

    @Override
    public Optional<String> missing(RowShape shape, Row row, RowColumns columns) {
        var needed = isConversation(row, columns) ? Stream.of(LABEL) : required(shape).stream();
        return needed.filter(column -> !columns.has(row, column))
                .map(columns::name)
                .findFirst();
    }

    @Override
    public Map<String, List<String>> otherNames() {
        return ConversationColumns.otherNames(Map.of(
                RESPONSE, List.of("completion"), LABEL, List.of(KTO_TAG), MESSAGES, ConversationFormat.OTHER_NAMES));
    }

    /** A column {@code label} beside messages may be anything; {@code kto_tag} has one meaning. */
    @Override
    public boolean matches(Collection<String> columns) {
        var messages = columns.contains(MESSAGES)
                || ConversationFormat.OTHER_NAMES.stream().anyMatch(columns::contains);
        return messages && columns.contains(KTO_TAG) || RowFormat.super.matches(columns);
    }

    @Override
    public boolean takesTemplate() {
        return true;
    }

    @Override
    public RowEncoder encoder(RowShape shape, RowColumns columns, EncodingContext context) {
        context.texts();
        return row -> {
            var label = columns.flag(row, LABEL);
            var encoded = isConversation(row, columns)
                    ? conversation(row, columns, context)
                    : new AnsweredRow(row, columns, PROMPT, RESPONSE).encode(context);
            return encoded instanceof EncodedRow.Kept kept ? kept.withLabel(label ? 1 : 0) : encoded;
        };
    }

    private static boolean isConversation(Row row, RowColumns columns) {
        return !columns.has(row, PROMPT) && columns.has(row, MESSAGES);
    }

    /** The label is about the last answer; earlier ones are context. */
    private static EncodedRow conversation(Row row, RowColumns columns, EncodingContext context) {
        context.refuseTemplateOfMessages(row);
        var messages = ConversationColumns.withSystem(columns, row, Messages.of(columns, row, MESSAGES));
        var last = messages.size() - 1;
        while (last > 0 && !Turns.isAssistant(messages.get(last))) {
            last--;
        }
        return context.conversations()
                .one(row.where(), messages, ConversationColumns.arguments(columns, row), Math.max(last, 0));
    }

    @Override
    public Optional<RowTexts> texts(RowShape shape, Row row, RowColumns columns) {
        return isConversation(row, columns)
                ? PlainText.messages(row, columns, MESSAGES)
                        .map(lines -> new RowTexts(
                                PlainText.joined(lines.subList(0, lines.size() - 1)),
                                List.of(lines.get(lines.size() - 1))))
                : RowTexts.of(row, columns, PROMPT, RESPONSE);
    }

    @Override
    public String cacheKey() {
        return "LABELLED_2";
    }
}
