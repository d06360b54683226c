package dev.tandem.data.format;

import dev.tandem.data.conversation.Messages;
import dev.tandem.data.encoding.EncodedRow;
import dev.tandem.data.encoding.RowColumns;
import dev.tandem.data.encoding.RowEncoder;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.rows.Row;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code labelled}: columns prompt, response, label, for losses that learn from single answers that are known to be good or
 * bad. Prompt and response are two texts or two lists of messages; the label is true or 1 for a desirable response, false or
 * 0 for an undesirable one. TRL's name of the response, {@code completion}, is read as well.
 */
public record LabelledFormat() implements RowFormat {
    private static final String PROMPT = "prompt";
    private static final String RESPONSE = "response";
    private static final String COMPLETION = "completion";
    private static final String LABEL = "label";
    private static final String TOOLS = "tools";

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
        return List.of(PROMPT, RESPONSE, LABEL, TOOLS);
    }

    @Override
    public List<String> required(RowShape shape) {
        return List.of(PROMPT, RESPONSE, LABEL);
    }

    @Override
    public Map<String, String> otherNames() {
        return Map.of(RESPONSE, COMPLETION);
    }

    @Override
    public boolean takesTemplate() {
        return true;
    }

    @Override
    public RowEncoder encoder(RowShape shape, RowColumns columns, EncodingContext context) {
        var texts = context.texts();
        return row -> {
            var label = columns.flag(row, LABEL);
            var encoded = columns.required(row, PROMPT).isArray()
                    ? messages(row, columns, context)
                    : texts.one(row.where(), context.prompt(columns.text(row, PROMPT)), columns.text(row, RESPONSE));
            return encoded instanceof EncodedRow.Kept kept ? kept.withLabel(label ? 1 : 0) : encoded;
        };
    }

    private static EncodedRow messages(Row row, RowColumns columns, EncodingContext context) {
        context.refuseTemplateOfMessages(row);
        var prompt = Messages.of(columns, row, PROMPT);
        var whole = Messages.joined(prompt, Messages.of(columns, row, RESPONSE));
        return context.conversations().one(row.where(), whole, columns.optional(row, TOOLS), prompt.size());
    }

    @Override
    public Optional<RowTexts> texts(RowShape shape, Row row, RowColumns columns) {
        return RowTexts.of(row, columns, PROMPT, RESPONSE);
    }
}
