package dev.tandem.data;

import dev.tandem.UserException;
import dev.tandem.data.rows.Row;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Prompts as the token ids that stand before the answer in a training row of the same format: what a model is asked is what
 * it was trained on, template, BOS and spaces included.
 *
 * <p>It encodes the row with a short answer in place of whatever answer it has, and takes what comes before that.
 */
public final class PromptEncoder {
    private static final String ANSWER = "x";

    private final RowFormat format;
    private final Map<String, String> columns;
    private final RowEncoder encoder;

    private PromptEncoder(RowFormat format, Map<String, String> columns, RowEncoder encoder) {
        this.format = format;
        this.columns = Map.copyOf(columns);
        this.encoder = encoder;
    }

    /**
     * An encoder of a format's prompts.
     *
     * @param format {@code ALPACA}, {@code SFT} or {@code CONVERSATION}
     * @param template around the prompt; absent: the format's own
     * @param columns from the format's column names to the file's
     * @param vocabSize the model's, tokens
     * @throws UserException if the format has no prompts, or needs a chat template and the model has none
     */
    public static PromptEncoder of(
            RowFormat format,
            Optional<String> template,
            Map<String, String> columns,
            TextTokenizer tokenizer,
            int vocabSize) {
        if (format != RowFormat.ALPACA && format != RowFormat.SFT && format != RowFormat.CONVERSATION) {
            throw new UserException("Prompts are read from rows of format alpaca, sft or conversation.");
        }
        var recipe = DataRecipe.reading(
                RowShape.RESPONSE,
                new DataSource(Path.of(""), OptionalDouble.empty(), columns),
                format,
                template,
                Integer.MAX_VALUE,
                Overlong.DROP);
        return new PromptEncoder(format, columns, RowEncoders.of(recipe, columns, Optional.of(tokenizer), vocabSize));
    }

    /**
     * The format that the columns of a row speak for: messages, instruction or prompt.
     *
     * @throws UserException if there is none of these
     */
    public static RowFormat format(Row row) {
        var names = row.values().propertyNames();
        if (names.contains("messages")) {
            return RowFormat.CONVERSATION;
        }
        if (names.contains("instruction")) {
            return RowFormat.ALPACA;
        }
        if (names.contains("prompt")) {
            return RowFormat.SFT;
        }
        throw new UserException(row.where() + ": there is no column messages, instruction or prompt. Name the column"
                + " that holds the prompts with --column prompt=….");
    }

    /**
     * The prompt of a row. A conversation is asked for the assistant's next turn; if it ends with one, that is replaced.
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
            throw new UserException(row.where() + ": the prompt is empty. Give it text, or a --template.");
        }
        throw new UserException(row.where() + ": this cannot be asked: "
                + ((EncodedRow.Dropped) encoded).reason().text() + ".");
    }

    private ObjectNode answered(Row row) {
        var values = row.values().deepCopy();
        switch (format) {
            case ALPACA -> values.put(name("output"), ANSWER);
            case SFT -> values.put(name("response"), ANSWER);
            default -> {
                if (values.get(name("messages")) instanceof ArrayNode messages) {
                    LastTurn.replace(messages, ANSWER);
                }
            }
        }
        return values;
    }

    private String name(String column) {
        return columns.getOrDefault(column, column);
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
