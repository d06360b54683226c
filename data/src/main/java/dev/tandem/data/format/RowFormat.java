package dev.tandem.data.format;

import dev.tandem.data.encoding.RowColumns;
import dev.tandem.data.encoding.RowEncoder;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.rows.Row;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A row format: the columns of a file's rows, and how they are encoded. {@code docs/row-formats.md} describes Tandem's
 * own, which {@link RowFormats#ALL} lists.
 *
 * <p>A program adds a format by implementing this interface and putting it into the registry that its recipes are read with:
 *
 * <pre>{@code
 * record QuestionFormat() implements RowFormat {
 *     public String name() { return "question"; }
 *     public List<RowShape> shapes() { return List.of(RowShape.RESPONSE); }
 *     public List<String> columns(RowShape shape) { return List.of("question", "answer"); }
 *     public boolean takesTemplate() { return true; }
 *     public RowEncoder encoder(RowShape shape, RowColumns columns, EncodingContext context) {
 *         var texts = context.texts();
 *         return row -> texts.one(
 *                 row.where(), context.prompt(columns.text(row, "question")), columns.text(row, "answer"));
 *     }
 *     public Optional<RowTexts> texts(RowShape shape, Row row, RowColumns columns) {
 *         return RowTexts.of(row, columns, "question", "answer");
 *     }
 * }
 * }</pre>
 *
 * <p>Formats have no state, and are used by several threads. Two objects of one class are equal, so that recipes are.
 */
public interface RowFormat {

    /** Its name in recipes, in kebab-case; unique in a registry. */
    String name();

    /** The shapes that its rows can have, at least one; the first applies where no loss decides it. */
    List<RowShape> shapes();

    /**
     * Columns that it reads, by the names that {@code columns:} in a recipe maps to a file's.
     *
     * @param shape one of {@link #shapes()}
     */
    List<String> columns(RowShape shape);

    /**
     * The columns that every row must have; all of them by default.
     *
     * @param shape one of {@link #shapes()}
     */
    default List<String> required(RowShape shape) {
        return columns(shape);
    }

    /**
     * Further names of columns, by the format's name: the first of them that a row has is read if it has no column of the
     * format's name and none is mapped.
     */
    default Map<String, List<String>> otherNames() {
        return Map.of();
    }

    /** Whether rows hold text. If not, neither a tokenizer nor a template is needed to encode them. */
    default boolean isText() {
        return true;
    }

    /** Whether a recipe's {@code template} wraps its prompts. */
    boolean takesTemplate();

    /** The template of a recipe that names none, with {@code {}} for the prompt. */
    default Optional<String> defaultTemplate() {
        return Optional.empty();
    }

    /**
     * The first column that a row lacks and its format needs.
     *
     * @param shape one of {@link #shapes()}
     * @param columns what the file calls the columns
     */
    default Optional<String> missing(RowShape shape, Row row, RowColumns columns) {
        return required(shape).stream()
                .filter(column -> !columns.has(row, column))
                .map(columns::name)
                .findFirst();
    }

    /**
     * Whether rows of these columns are of this format, for files whose format is not named. By default, all required columns
     * must be there, by any of their names. The first format of {@link RowFormats#ALL} that matches is taken.
     *
     * @param columns by the format's names, in any order
     */
    default boolean matches(Collection<String> columns) {
        return required(shapes().get(0)).stream()
                .allMatch(name -> columns.contains(name)
                        || otherNames().getOrDefault(name, List.of()).stream().anyMatch(columns::contains));
    }

    /**
     * The shape of rows with these columns, where no loss decides it.
     *
     * @param columns by the format's names, in any order
     * @return one of {@link #shapes()}
     */
    default RowShape shape(Collection<String> columns) {
        return shapes().get(0);
    }

    /**
     * Creates the encoder of a file's rows, which is used by several threads.
     *
     * @param shape one of {@link #shapes()}
     * @param columns what the file calls the columns
     * @param context tokenizer, template and limits
     * @return an encoder whose kept rows have one sequence, or with {@link RowShape#PAIR} two, chosen before rejected; with
     *     {@link RowShape#LABELLED} a label as well
     * @throws dev.tandem.UserException if the tokenizer does not fit the model, or a chat template is needed and the model
     *     has none
     */
    RowEncoder encoder(RowShape shape, RowColumns columns, EncodingContext context);

    /**
     * The texts of a row before any template or tokenizer is applied; data checks compare rows by them.
     *
     * @param shape one of {@link #shapes()}
     * @param columns what the file calls the columns
     * @return absent if the row lacks a column. Values that should be texts but are not are written as JSON; the
     *     encoder is what refuses them
     */
    Optional<RowTexts> texts(RowShape shape, Row row, RowColumns columns);

    /** How an answer is put into its rows; absent if rows have no prompt that a model could be asked. */
    default Optional<PromptRow> prompt() {
        return Optional.empty();
    }

    /**
     * The format's name in the keys of token caches: in capitals. A format that encodes rows differently from an
     * earlier version of itself has another, so that files cached by the earlier one are not used.
     */
    default String cacheKey() {
        return name().toUpperCase(Locale.ROOT).replace('-', '_');
    }
}
