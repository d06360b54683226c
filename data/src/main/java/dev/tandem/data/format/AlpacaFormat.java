package dev.tandem.data.format;

import dev.tandem.data.conversation.ConversationColumns;
import dev.tandem.data.encoding.PromptResponseEncoder.Prompt;
import dev.tandem.data.encoding.RowColumns;
import dev.tandem.data.encoding.RowEncoder;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.rows.Row;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code alpaca}: columns instruction, input (absent, null or empty: none), output, and optionally system. */
public record AlpacaFormat() implements RowFormat {
    private static final String INSTRUCTION = "instruction";
    private static final String INPUT = "input";
    private static final String OUTPUT = "output";

    private static final String WITHOUT_INPUT =
            "Below is an instruction that describes a task. Write a response that appropriately completes the"
                    + " request.\n\n### Instruction:\n%s\n\n### Response:";

    private static final String WITH_INPUT =
            "Below is an instruction that describes a task, paired with an input that provides further context. Write"
                    + " a response that appropriately completes the request.\n\n### Instruction:\n%s\n\n### Input:\n%s"
                    + "\n\n### Response:";

    /** The text that both have in common. */
    private static final String AROUND = "Below is an instruction{}### Response:";

    @Override
    public String name() {
        return "alpaca";
    }

    @Override
    public List<RowShape> shapes() {
        return List.of(RowShape.RESPONSE);
    }

    @Override
    public List<String> columns(RowShape shape) {
        return List.of(INSTRUCTION, INPUT, OUTPUT, ConversationColumns.SYSTEM);
    }

    @Override
    public List<String> required(RowShape shape) {
        return List.of(INSTRUCTION, OUTPUT);
    }

    @Override
    public Map<String, List<String>> otherNames() {
        return ConversationColumns.otherNames(Map.of());
    }

    @Override
    public String cacheKey() {
        return "ALPACA_2";
    }

    @Override
    public boolean takesTemplate() {
        return true;
    }

    @Override
    public Optional<String> defaultTemplate() {
        return Optional.of(AROUND);
    }

    @Override
    public RowEncoder encoder(RowShape shape, RowColumns columns, EncodingContext context) {
        var texts = context.texts();
        return row -> {
            var prompt = prompt(columns.text(row, INSTRUCTION), columns.optionalText(row, INPUT), context);
            var system = ConversationColumns.system(columns, row);
            return texts.one(row.where(), EncodingContext.withSystem(system, prompt), columns.text(row, OUTPUT));
        };
    }

    /** The template receives the instruction, followed on a new line by the input; without one, Alpaca's own prompts are used. */
    private static Prompt prompt(String instruction, String input, EncodingContext context) {
        return input.isEmpty()
                ? context.prompt(instruction, WITHOUT_INPUT.formatted(instruction))
                : context.prompt(instruction + "\n" + input, WITH_INPUT.formatted(instruction, input));
    }

    @Override
    public Optional<RowTexts> texts(RowShape shape, Row row, RowColumns columns) {
        var input = PlainText.of(row, columns, INPUT).orElse("");
        return RowTexts.of(row, columns, INSTRUCTION, OUTPUT)
                .map(texts -> new RowTexts((texts.prompt() + "\n" + input).strip(), texts.answers()));
    }

    @Override
    public Optional<PromptRow> prompt() {
        return Optional.of(PromptRow.of(List.of(INSTRUCTION, INPUT, ConversationColumns.SYSTEM), OUTPUT));
    }
}
