package dev.tandem.data.format;

import dev.tandem.UserException;
import dev.tandem.data.conversation.ConversationColumns;
import dev.tandem.data.encoding.EncodedRow;
import dev.tandem.data.encoding.PairEncoding;
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
 * {@code preference}: columns prompt, chosen, rejected, texts or messages, and optionally system; tools and
 * chat_template_kwargs go with messages. Rows that are read as single responses give the chosen ones.
 */
public record PreferenceFormat() implements RowFormat {
    private static final String PROMPT = "prompt";
    private static final String CHOSEN = PairRow.CHOSEN;
    private static final String REJECTED = PairRow.REJECTED;
    private static final String INSTRUCTION = "instruction";
    private static final String INPUT = "input";
    /** Further names of the prompt; unlike those of other columns, a row may have several of them. */
    private static final List<String> PROMPTS =
            List.of("messages", "conversations", "conversation", "question", INSTRUCTION, INPUT);

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
        return ConversationColumns.and(PROMPT, CHOSEN, REJECTED);
    }

    @Override
    public List<String> required(RowShape shape) {
        return List.of(PROMPT, CHOSEN, REJECTED);
    }

    @Override
    public Map<String, List<String>> otherNames() {
        return ConversationColumns.otherNames(Map.of(CHOSEN, PairRow.OTHER_CHOSEN, REJECTED, PairRow.OTHER_REJECTED));
    }

    @Override
    public boolean matches(Collection<String> columns) {
        var all = Stream.concat(columns.stream(), Stream.of(PROMPT)).toList();
        return RowFormat.super.matches(all)
                && (columns.contains(PROMPT) || PROMPTS.stream().anyMatch(columns::contains));
    }

    @Override
    public Optional<String> missing(RowShape shape, Row row, RowColumns columns) {
        return Stream.of(prompt(row, columns), CHOSEN, REJECTED)
                .filter(column -> !columns.has(row, column))
                .map(columns::name)
                .findFirst();
    }

    @Override
    public boolean takesTemplate() {
        return true;
    }

    @Override
    public RowEncoder encoder(RowShape shape, RowColumns columns, EncodingContext context) {
        context.texts();
        RowEncoder pairs = row -> {
            var prompt = prompt(row, columns);
            var pair = new PairRow(row, columns, Optional.of(prompt));
            return pair.isText() ? texts(row, columns, prompt, context) : pair.encode(context);
        };
        return shape == RowShape.PAIR ? pairs : row -> PairEncoding.chosen(pairs.encode(row));
    }

    /** The column of the prompt: the first there is of its names. */
    private static String prompt(Row row, RowColumns columns) {
        return columns.columns().containsKey(PROMPT) || columns.has(row, PROMPT)
                ? PROMPT
                : PROMPTS.stream()
                        .filter(name -> columns.has(row, name))
                        .findFirst()
                        .orElse(PROMPT);
    }

    private static EncodedRow texts(Row row, RowColumns columns, String prompt, EncodingContext context) {
        ConversationColumns.refuseForTexts(columns, row);
        return context.texts()
                .pair(
                        row.where(),
                        EncodingContext.withSystem(
                                ConversationColumns.system(columns, row),
                                context.prompt(promptText(row, columns, prompt))),
                        columns.text(row, CHOSEN),
                        columns.text(row, REJECTED));
    }

    /** An instruction is followed by its input on a line of its own, as in alpaca rows. */
    private static String promptText(Row row, RowColumns columns, String prompt) {
        var text = columns.text(row, prompt);
        var input = prompt.equals(INSTRUCTION) ? columns.optionalText(row, INPUT) : "";
        return input.isEmpty() ? text : text + "\n" + input;
    }

    @Override
    public Optional<RowTexts> texts(RowShape shape, Row row, RowColumns columns) {
        var prompt = prompt(row, columns);
        try {
            var pair = new PairRow(row, columns, Optional.of(prompt));
            return pair.isText() ? RowTexts.of(row, columns, prompt, CHOSEN, REJECTED) : Optional.of(pair.texts());
        } catch (UserException e) {
            return RowTexts.of(row, columns, prompt, CHOSEN, REJECTED);
        }
    }

    @Override
    public String cacheKey() {
        return "PREFERENCE_2";
    }
}
