package dev.tandem.data.format;

import dev.tandem.UserException;
import dev.tandem.data.conversation.ConversationColumns;
import dev.tandem.data.encoding.DropReason;
import dev.tandem.data.encoding.EncodedRow;
import dev.tandem.data.encoding.PairEncoding;
import dev.tandem.data.encoding.PromptResponseEncoder.Prompt;
import dev.tandem.data.encoding.RowColumns;
import dev.tandem.data.encoding.RowEncoder;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.rows.Row;
import dev.tandem.text.CommonPrefix;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code implicit-preference}: columns chosen, rejected, whole dialogues. Texts in which turns begin with {@code
 * "\n\nHuman:"} and {@code "\n\nAssistant:"} have as their prompt what they share, up to the last {@code "\n\nAssistant:"} in
 * it; of lists of messages the longest common beginning is the prompt. Rows that are read as single responses give the chosen ones.
 */
public record ImplicitPreferenceFormat() implements RowFormat {
    private static final String CHOSEN = PairRow.CHOSEN;
    private static final String REJECTED = PairRow.REJECTED;
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
        return ConversationColumns.and(CHOSEN, REJECTED);
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
        context.texts();
        RowEncoder pairs = row -> {
            var pair = new PairRow(row, columns, Optional.empty());
            return pair.isText() ? dialogues(row, columns, context) : pair.encode(context);
        };
        return shape == RowShape.PAIR ? pairs : row -> PairEncoding.chosen(pairs.encode(row));
    }

    private static EncodedRow dialogues(Row row, RowColumns columns, EncodingContext context) {
        ConversationColumns.refuseForTexts(columns, row);
        var chosen = columns.text(row, CHOSEN);
        var rejected = columns.text(row, REJECTED);
        var end = answerStart(chosen, rejected);
        if (end < 0) {
            return new EncodedRow.Dropped(DropReason.NO_SHARED_PROMPT);
        }
        var prompt = chosen.substring(0, end);
        return context.texts()
                .pair(
                        row.where(),
                        EncodingContext.withSystem(
                                ConversationColumns.system(columns, row), new Prompt(prompt, prompt.equals(ANSWER))),
                        chosen.substring(end),
                        rejected.substring(end));
    }

    /** Index at which the answers begin: after the last mark in what both dialogues share; -1 if there is none. */
    private static int answerStart(String chosen, String rejected) {
        var common = CommonPrefix.length(chosen, rejected);
        var last = chosen.substring(0, common).lastIndexOf(ANSWER);
        return last < 0 ? -1 : last + ANSWER.length();
    }

    /** The shared part is the prompt, as in {@link #encoder}. */
    @Override
    public Optional<RowTexts> texts(RowShape shape, Row row, RowColumns columns) {
        try {
            var pair = new PairRow(row, columns, Optional.empty());
            return Optional.of(
                    pair.isText() ? texts(columns.text(row, CHOSEN), columns.text(row, REJECTED)) : pair.texts());
        } catch (UserException e) {
            return PlainText.of(row, columns, CHOSEN)
                    .flatMap(chosen -> PlainText.of(row, columns, REJECTED).map(rejected -> texts(chosen, rejected)));
        }
    }

    private static RowTexts texts(String chosen, String rejected) {
        var start = Math.max(0, answerStart(chosen, rejected));
        return new RowTexts(chosen.substring(0, start), List.of(chosen.substring(start), rejected.substring(start)));
    }

    @Override
    public Map<String, List<String>> otherNames() {
        return ConversationColumns.otherNames(Map.of(CHOSEN, PairRow.OTHER_CHOSEN, REJECTED, PairRow.OTHER_REJECTED));
    }

    @Override
    public String cacheKey() {
        return "IMPLICIT_PREFERENCE_2";
    }
}
