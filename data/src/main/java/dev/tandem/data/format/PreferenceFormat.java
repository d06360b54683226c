package dev.tandem.data.format;

import dev.tandem.data.conversation.Messages;
import dev.tandem.data.encoding.EncodedRow;
import dev.tandem.data.encoding.PairEncoding;
import dev.tandem.data.encoding.RowColumns;
import dev.tandem.data.encoding.RowEncoder;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.rows.Row;
import java.util.List;
import java.util.Optional;

/**
 * {@code preference}: columns prompt, chosen, rejected, three texts or three lists of messages. Rows that are read as single
 * responses give the chosen ones.
 */
public record PreferenceFormat() implements RowFormat {
    private static final String PROMPT = "prompt";
    private static final String CHOSEN = "chosen";
    private static final String REJECTED = "rejected";
    private static final String TOOLS = "tools";

    @Override
    public String name() {
        return "preference";
    }

    @Override
    public List<RowShape> shapes() {
        return List.of(RowShape.PAIR, RowShape.RESPONSE);
    }

    @Override
    public List<String> columns(RowShape shape) {
        return List.of(PROMPT, CHOSEN, REJECTED, TOOLS);
    }

    @Override
    public List<String> required(RowShape shape) {
        return List.of(PROMPT, CHOSEN, REJECTED);
    }

    @Override
    public boolean takesTemplate() {
        return true;
    }

    @Override
    public RowEncoder encoder(RowShape shape, RowColumns columns, EncodingContext context) {
        var texts = context.texts();
        RowEncoder pairs = row -> columns.required(row, PROMPT).isArray()
                ? messages(row, columns, context)
                : texts.pair(
                        row.where(),
                        context.prompt(columns.text(row, PROMPT)),
                        columns.text(row, CHOSEN),
                        columns.text(row, REJECTED));
        return shape == RowShape.PAIR ? pairs : row -> PairEncoding.chosen(pairs.encode(row));
    }

    private static EncodedRow messages(Row row, RowColumns columns, EncodingContext context) {
        context.refuseTemplateOfMessages(row);
        var prompt = Messages.of(columns, row, PROMPT);
        return context.conversations()
                .pair(
                        row.where(),
                        prompt.size(),
                        Messages.joined(prompt, Messages.of(columns, row, CHOSEN)),
                        Messages.joined(prompt, Messages.of(columns, row, REJECTED)),
                        columns.optional(row, TOOLS));
    }

    @Override
    public Optional<RowTexts> texts(RowShape shape, Row row, RowColumns columns) {
        return RowTexts.of(row, columns, PROMPT, CHOSEN, REJECTED);
    }
}
