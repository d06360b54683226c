package dev.tandem.data.format;

import dev.tandem.data.encoding.RowColumns;
import dev.tandem.data.encoding.RowEncoder;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.rows.Row;
import java.util.List;
import java.util.Optional;

/** {@code sft}: columns prompt, response. */
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
        return List.of(PROMPT, RESPONSE);
    }

    @Override
    public boolean takesTemplate() {
        return true;
    }

    @Override
    public RowEncoder encoder(RowShape shape, RowColumns columns, EncodingContext context) {
        var texts = context.texts();
        return row -> texts.one(row.where(), context.prompt(columns.text(row, PROMPT)), columns.text(row, RESPONSE));
    }

    @Override
    public Optional<RowTexts> texts(RowShape shape, Row row, RowColumns columns) {
        return RowTexts.of(row, columns, PROMPT, RESPONSE);
    }

    @Override
    public Optional<PromptRow> prompt() {
        return Optional.of(PromptRow.of(List.of(PROMPT), RESPONSE));
    }
}
