package dev.tandem.data.format;

import dev.tandem.UserException;
import dev.tandem.data.encoding.RowColumns;
import dev.tandem.data.encoding.RowEncoder;
import dev.tandem.data.example.RowShape;
import dev.tandem.text.SafeText;
import dev.tandem.yaml.Section;
import dev.tandem.yaml.YamlNode;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import tools.jackson.databind.node.JsonNodeFactory;

/** The row formats that recipes can name, and operations on them. */
public final class RowFormats {
    /** Tandem's own; where a format is guessed, the first that matches is taken. */
    public static final List<RowFormat> ALL = List.of(
            new TokensFormat(),
            new PreferenceFormat(),
            new ImplicitPreferenceFormat(),
            new LabelledFormat(),
            new ConversationFormat(),
            new AlpacaFormat(),
            new SftFormat());

    private RowFormats() {}

    /** The format of a name, as recipes spell it. */
    public static Optional<RowFormat> named(String name) {
        return ALL.stream().filter(format -> format.name().equals(name)).findFirst();
    }

    /**
     * A recipe's value as the format that it names.
     *
     * @param formats formats that the recipe may name
     * @throws UserException if it is none of them
     */
    public static RowFormat parse(Section s, String key, YamlNode node, List<RowFormat> formats) {
        var byName = new LinkedHashMap<String, RowFormat>();
        formats.forEach(format -> byName.put(format.name(), format));
        return s.registered(key, node, byName);
    }

    /** Names of formats, for messages: {@code conversation, alpaca or sft}. */
    public static String names(Collection<RowFormat> formats, Predicate<RowFormat> which) {
        var names = formats.stream().filter(which).map(RowFormat::name).toList();
        var last = names.size() - 1;
        return last < 1 ? String.join("", names) : String.join(", ", names.subList(0, last)) + " or " + names.get(last);
    }

    /**
     * The format whose columns rows have.
     *
     * @param columns columns of the file
     * @param mapped mapping from formats' column names to the file's; a format that has the mapped columns is preferred
     */
    public static Optional<RowFormat> guess(Collection<String> columns, Map<String, String> mapped) {
        var known = formatsNames(columns, mapped);
        return first(format -> format.matches(known), mapped.keySet());
    }

    /**
     * The format of rows that hold prompts, with answers or without: they have the format's columns once they are
     * answered.
     *
     * @param columns columns of the file
     * @param mapped mapping from formats' column names to the file's; a format that has the mapped columns is preferred
     */
    public static Optional<RowFormat> guessPrompts(Collection<String> columns, Map<String, String> mapped) {
        var known = formatsNames(columns, mapped);
        return first(
                format -> format.prompt()
                        .filter(prompt -> format.matches(answered(prompt, known)))
                        .isPresent(),
                mapped.keySet());
    }

    private static Collection<String> answered(PromptRow prompt, Set<String> columns) {
        var row = JsonNodeFactory.instance.objectNode();
        columns.forEach(row::putNull);
        prompt.answer(row, new RowColumns(Map.of()), "");
        return row.propertyNames();
    }

    private static Optional<RowFormat> first(Predicate<RowFormat> fits, Set<String> mapped) {
        var fitting = ALL.stream().filter(fits).toList();
        return fitting.stream()
                .filter(format -> format.shapes().stream()
                        .anyMatch(shape -> format.columns(shape).containsAll(mapped)))
                .findFirst()
                .or(() -> fitting.stream().findFirst());
    }

    /** A file's columns by the names that formats give them. */
    private static Set<String> formatsNames(Collection<String> columns, Map<String, String> mapped) {
        var result = new HashSet<>(columns);
        mapped.forEach((name, inFile) -> {
            if (columns.contains(inFile)) {
                result.add(name);
            }
        });
        return result;
    }

    /**
     * The shape of the rows of a file, where no loss decides it.
     *
     * @param columns columns of the file
     * @param mapped mapping from the format's column names to the file's
     */
    public static RowShape shape(RowFormat format, Collection<String> columns, Map<String, String> mapped) {
        return format.shape(formatsNames(columns, mapped));
    }

    /**
     * A file's names of the columns of a format.
     *
     * @param mapped mapping from the format's column names to the file's
     * @throws UserException if the format has no column of such a name
     */
    public static RowColumns columns(RowFormat format, RowShape shape, Map<String, String> mapped) {
        var known = format.columns(shape);
        for (var name : mapped.keySet()) {
            if (!known.contains(name)) {
                throw new UserException("columns: format " + format.name() + " has no column '"
                        + SafeText.line(name, 80)
                        + "'; it has " + String.join(", ", known) + ". Write its name on the left, the file's on the"
                        + " right.");
            }
        }
        return new RowColumns(mapped, format.otherNames());
    }

    /**
     * The encoder of a file's rows.
     *
     * @param mapped mapping from the format's column names to the file's
     * @throws UserException if the format does not give rows of that shape, has no column of a mapped name, or takes no
     *     template and there is one; and what {@link RowFormat#encoder} throws
     */
    public static RowEncoder encoder(
            RowFormat format, RowShape shape, Map<String, String> mapped, EncodingContext context) {
        if (!format.shapes().contains(shape)) {
            throw new UserException("rows of format " + format.name() + " are " + gives(format.shapes()) + ", not "
                    + shape.words() + ". Name the format that the rows have.");
        }
        var columns = columns(format, shape, mapped);
        if (context.template().isPresent() && !format.takesTemplate()) {
            throw new UserException("format " + format.name() + " takes no template: "
                    + (format.isText() ? "its rows hold whole dialogues" : "its rows hold no text")
                    + ". Remove 'template'.");
        }
        var encoder = context.promptCut()
                .map(cut -> cut.around(format.encoder(shape, columns, context.unlimited())))
                .orElseGet(() -> format.encoder(shape, columns, context));
        var unread = new UnreadColumns(format, shape, mapped);
        return row -> {
            unread.check(row);
            return encoder.encode(row);
        };
    }

    /**
     * Columns of a file that its format does not read, apart from those that never mean anything for training, such as
     * {@code id}.
     *
     * @param columns columns of the file
     * @param mapped mapping from the format's column names to the file's
     */
    public static List<String> unread(
            RowFormat format, RowShape shape, Collection<String> columns, Map<String, String> mapped) {
        return new UnreadColumns(format, shape, mapped).of(columns);
    }

    /** Shapes in words, for messages: {@code pairs or single responses}. */
    static String gives(List<RowShape> shapes) {
        return shapes.stream().map(RowShape::words).collect(Collectors.joining(" or "));
    }
}
