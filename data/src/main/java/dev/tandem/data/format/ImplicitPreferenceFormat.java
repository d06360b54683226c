package dev.tandem.data.format;

import dev.tandem.data.conversation.Messages;
import dev.tandem.data.conversation.Turns;
import dev.tandem.data.encoding.DropReason;
import dev.tandem.data.encoding.EncodedRow;
import dev.tandem.data.encoding.PairEncoding;
import dev.tandem.data.encoding.PromptResponseEncoder;
import dev.tandem.data.encoding.PromptResponseEncoder.Prompt;
import dev.tandem.data.encoding.RowColumns;
import dev.tandem.data.encoding.RowEncoder;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.rows.Row;
import java.util.List;
import java.util.Optional;

/**
 * {@code implicit-preference}: columns chosen, rejected, whole dialogues. Texts in which turns begin with {@code
 * "\n\nHuman:"} and {@code "\n\nAssistant:"} share everything up to the last {@code "\n\nAssistant:"}; lists of messages
 * share all but the last one, which is the assistant's. Rows that are read as single responses give the chosen ones.
 */
public record ImplicitPreferenceFormat() implements RowFormat {
    private static final String CHOSEN = "chosen";
    private static final String REJECTED = "rejected";
    private static final String TOOLS = "tools";
    private static final String ANSWER = "\n\nAssistant:";

    @Override
    public String name() {
        return "implicit-preference";
    }

    @Override
    public List<RowShape> shapes() {
        return List.of(RowShape.PAIR, RowShape.RESPONSE);
    }

    @Override
    public List<String> columns(RowShape shape) {
        return List.of(CHOSEN, REJECTED, TOOLS);
    }

    @Override
    public List<String> required(RowShape shape) {
        return List.of(CHOSEN, REJECTED);
    }

    @Override
    public boolean takesTemplate() {
        return false;
    }

    @Override
    public RowEncoder encoder(RowShape shape, RowColumns columns, EncodingContext context) {
        var texts = context.texts();
        RowEncoder pairs = row -> columns.required(row, CHOSEN).isArray()
                ? messages(row, columns, context)
                : dialogues(row, columns, texts);
        return shape == RowShape.PAIR ? pairs : row -> PairEncoding.chosen(pairs.encode(row));
    }

    private static EncodedRow dialogues(Row row, RowColumns columns, PromptResponseEncoder texts) {
        var chosen = columns.text(row, CHOSEN);
        var rejected = columns.text(row, REJECTED);
        var end = answerStart(chosen);
        var prompt = chosen.substring(0, Math.max(0, end));
        if (end < 0 || end != answerStart(rejected) || !rejected.startsWith(prompt)) {
            return new EncodedRow.Dropped(DropReason.NO_SHARED_PROMPT);
        }
        return texts.pair(
                row.where(), new Prompt(prompt, prompt.equals(ANSWER)), chosen.substring(end), rejected.substring(end));
    }

    /** Index at which the last answer begins; -1 if there is none. */
    private static int answerStart(String dialogue) {
        var last = dialogue.lastIndexOf(ANSWER);
        return last < 0 ? -1 : last + ANSWER.length();
    }

    private static EncodedRow messages(Row row, RowColumns columns, EncodingContext context) {
        var chosen = Messages.of(columns, row, CHOSEN);
        var rejected = Messages.of(columns, row, REJECTED);
        var shared = chosen.size() - 1;
        if (shared < 1
                || rejected.size() != chosen.size()
                || !chosen.subList(0, shared).equals(rejected.subList(0, shared))
                || !Turns.isAssistant(chosen.get(shared))
                || !Turns.isAssistant(rejected.get(shared))) {
            return new EncodedRow.Dropped(DropReason.NO_SHARED_PROMPT);
        }
        return context.conversations().pair(row.where(), shared, chosen, rejected, columns.optional(row, TOOLS));
    }

    /** The shared part is the prompt: all messages but the last, or all text up to the last answer's mark. */
    @Override
    public Optional<RowTexts> texts(RowShape shape, Row row, RowColumns columns) {
        return PlainText.of(row, columns, CHOSEN)
                .flatMap(chosen -> PlainText.of(row, columns, REJECTED)
                        .map(rejected -> PlainText.messages(row, columns, CHOSEN)
                                .map(messages -> texts(
                                        messages,
                                        PlainText.messages(row, columns, REJECTED)
                                                .orElse(List.of(""))))
                                .orElseGet(() -> texts(chosen, rejected))));
    }

    private static RowTexts texts(List<String> chosen, List<String> rejected) {
        var shared = Math.max(0, chosen.size() - 1);
        var other = Math.max(0, rejected.size() - 1);
        return new RowTexts(
                PlainText.joined(chosen.subList(0, shared)),
                List.of(
                        PlainText.joined(chosen.subList(shared, chosen.size())),
                        PlainText.joined(rejected.subList(other, rejected.size()))));
    }

    private static RowTexts texts(String chosen, String rejected) {
        var start = Math.max(0, answerStart(chosen));
        return new RowTexts(
                chosen.substring(0, start),
                List.of(chosen.substring(start), rejected.substring(Math.min(start, rejected.length()))));
    }
}
