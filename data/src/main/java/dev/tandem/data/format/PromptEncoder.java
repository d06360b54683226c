package dev.tandem.data.format;

import dev.tandem.UserException;
import dev.tandem.data.encoding.DropReason;
import dev.tandem.data.encoding.EncodedRow;
import dev.tandem.data.encoding.Overlong;
import dev.tandem.data.encoding.RowColumns;
import dev.tandem.data.encoding.RowEncoder;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.example.TokenSequence;
import dev.tandem.data.rows.Row;
import dev.tandem.data.tokenizer.TextTokenizer;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Encodes prompts as the token ids that come before the answer in a training row of the same format. A model is
 * therefore asked exactly what it was trained on, template, BOS and spaces included.
 *
 * <p>It encodes the row with a short answer in place of its own answer, and takes the tokens before that.
 */
public final class PromptEncoder {
    private static final String ANSWER = "x";

    private final PromptRow prompts;
    private final RowColumns columns;
    private final RowEncoder encoder;

    private PromptEncoder(PromptRow prompts, RowColumns columns, RowEncoder encoder) {
        this.prompts = prompts;
        this.columns = columns;
        this.encoder = encoder;
    }

    /**
     * An encoder of a format's prompts.
     *
     * @param format a format whose rows have prompts
     * @param template prompt template; absent: the format's own
     * @param columns from the format's column names to the file's
     * @param vocabSize size of the model's vocabulary in tokens
     * @throws UserException if the format has no prompts, or needs a chat template and the model has none
     */
    public static PromptEncoder of(
            RowFormat format,
            Optional<String> template,
            Map<String, String> columns,
            TextTokenizer tokenizer,
            int vocabSize) {
        return of(
                format,
                columns,
                new EncodingContext(Optional.of(tokenizer), vocabSize, template, Integer.MAX_VALUE, Overlong.DROP));
    }

    /** @param context has no limit on the length of sequences */
    static PromptEncoder of(RowFormat format, Map<String, String> columns, EncodingContext context) {
        var prompts = format.prompt()
                .orElseThrow(() -> new UserException("Prompts are read from rows of format "
                        + RowFormats.names(RowFormats.ALL, f -> f.prompt().isPresent()) + ", not " + format.name()
                        + "."));
        return new PromptEncoder(
                prompts,
                new RowColumns(columns, format.otherNames()),
                RowFormats.encoder(format, RowShape.RESPONSE, columns, context));
    }

    /**
     * The format whose prompt columns a row has.
     *
     * @param columns from formats' column names to the file's
     * @throws UserException if there is no prompt
     */
    public static RowFormat format(Row row, Map<String, String> columns) {
        return RowFormats.guessPrompts(row.values().propertyNames(), columns)
                .orElseThrow(
                        () -> new UserException(row.where() + ": there is no column messages, instruction or prompt."
                                + " Name the column that holds the prompts with --column prompt=…."));
    }

    /**
     * The prompt of a row. For a conversation this asks for the assistant's next turn; if it ends with one, that one is
     * replaced.
     *
     * @throws UserException if the row has no prompt that can be asked
     */
    public int[] encode(Row row) {
        var encoded = encoder.encode(new Row(row.where(), answered(row)));
        if (encoded instanceof EncodedRow.Kept kept) {
            var sequence = kept.sequences().get(0);
            var prompt = Arrays.copyOf(sequence.ids(), answerStart(sequence));
            if (prompt.length > 0) {
                return prompt;
            }
            throw empty(row);
        }
        throw refused(row, ((EncodedRow.Dropped) encoded).reason());
    }

    private static UserException refused(Row row, DropReason reason) {
        return switch (reason) {
            // the answer in its place has a token, but without a token before it that is the first
            case NO_TRAINED_TOKEN -> empty(row);
            case NO_ASSISTANT_TURN -> new UserException(row.where() + ": there is no message to answer.");
            default -> new UserException(row.where() + ": this cannot be asked: " + reason.text() + ".");
        };
    }

    private static UserException empty(Row row) {
        return new UserException(row.where() + ": the prompt is empty: it has no token, and the tokenizer adds none."
                + " Give it text.");
    }

    private ObjectNode answered(Row row) {
        var values = row.values().deepCopy();
        // labels are about the answer that is replaced
        values.remove(UnreadColumns.LABELS);
        prompts.answer(values, columns, ANSWER);
        return values;
    }

    /** Where the last run of trained tokens begins. */
    private static int answerStart(TokenSequence sequence) {
        var start = sequence.length();
        while (start > 0 && sequence.trained()[start - 1]) {
            start--;
        }
        return start;
    }
}
