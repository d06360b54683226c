package dev.tandem.data.format;

import dev.tandem.data.Batching;
import dev.tandem.data.DataSource;
import dev.tandem.data.encoding.Overlong;
import dev.tandem.data.encoding.RowEncoder;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.tokenizer.ModelTokenizer;
import dev.tandem.data.tokenizer.TextTokenizer;
import dev.tandem.text.KebabCase;
import dev.tandem.yaml.Section;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * The data of an objective, and how its rows become batches of examples.
 *
 * @param shape what a row provides; the loss decides it
 * @param sources training sources, {@code data} in YAML; a single path is a list of one
 * @param evalSources evaluation sources, {@code eval-data} in YAML; empty: {@code evalFraction} of the rows is held out
 * @param evalFraction fraction of every source held out for evaluation when there are no evaluation sources (default
 *     0.03)
 * @param format row format
 * @param template prompt template with {@code {}} for the prompt; absent: the format's default
 * @param maxLength longest sequence, tokens
 * @param overlong what happens to a response that does not fit (rows whose prompt leaves no space for one are always
 *     dropped)
 * @param maxSamples at most this many training examples are kept
 * @param maxEvalSamples at most this many evaluation examples are kept
 * @param batching how the batch of an optimizer step is formed
 * @param shuffle reshuffle every epoch; false: rows in the files' order
 * @param mismatched where labelled rows take their mismatched responses from; absent for other shapes
 */
public record DataRecipe(
        RowShape shape,
        List<DataSource> sources,
        List<DataSource> evalSources,
        double evalFraction,
        RowFormat format,
        Optional<String> template,
        int maxLength,
        Overlong overlong,
        OptionalInt maxSamples,
        OptionalInt maxEvalSamples,
        Batching batching,
        boolean shuffle,
        Optional<Mismatched> mismatched) {
    static final String MISMATCHED = "mismatched";
    static final String EVAL_FRACTION = "eval-fraction";
    static final String LENGTH_GROUPING_WINDOW = "length-grouping-window";

    public DataRecipe {
        sources = List.copyOf(sources);
        evalSources = List.copyOf(evalSources);
    }

    /** Data of any shape; labelled rows take their mismatched responses from the whole data set. */
    public DataRecipe(
            RowShape shape,
            List<DataSource> sources,
            List<DataSource> evalSources,
            double evalFraction,
            RowFormat format,
            Optional<String> template,
            int maxLength,
            Overlong overlong,
            OptionalInt maxSamples,
            OptionalInt maxEvalSamples,
            Batching batching,
            boolean shuffle) {
        this(
                shape,
                sources,
                evalSources,
                evalFraction,
                format,
                template,
                maxLength,
                overlong,
                maxSamples,
                maxEvalSamples,
                batching,
                shuffle,
                Optional.of(Mismatched.DATASET).filter(m -> shape == RowShape.LABELLED));
    }

    /**
     * A recipe for reading rows without training: format, template and lengths.
     *
     * @param shape what a row provides
     * @param source the file
     * @param format format of its rows
     * @param template prompt template with {@code {}} for the prompt; absent: the format's default
     * @param maxLength longest sequence, tokens
     * @param overlong what happens to a response that does not fit
     * @return a recipe for reading
     */
    public static DataRecipe reading(
            RowShape shape,
            DataSource source,
            RowFormat format,
            Optional<String> template,
            int maxLength,
            Overlong overlong) {
        return new DataRecipe(
                shape,
                List.of(source),
                List.of(),
                0,
                format,
                template,
                maxLength,
                overlong,
                OptionalInt.empty(),
                OptionalInt.empty(),
                new Batching.Examples(1),
                false);
    }

    /**
     * Reads the keys of an objective's section that are about its data. The section stays open, because the caller has
     * keys of its own.
     *
     * @param s the objective's section
     * @param shape what the loss learns from
     * @param loss its name, for messages
     * @param formats formats that the recipe may name
     * @return the data, every default filled in
     * @throws dev.tandem.UserException if a key is missing or its value is wrong, or the rows of the format do not have
     *     that shape or a column that is named
     */
    public static DataRecipe parse(Section s, RowShape shape, String loss, List<RowFormat> formats) {
        return new DataRecipeParser(s, shape, loss).parse(formats);
    }

    /** Keys and values as a recipe spells them, every default included. */
    public Map<String, Object> settings() {
        var map = new LinkedHashMap<String, Object>();
        map.put("data", settings(sources));
        if (evalSources.isEmpty()) {
            map.put(EVAL_FRACTION, evalFraction);
        } else {
            map.put("eval-data", settings(evalSources));
        }
        map.put("format", format.name());
        template.ifPresent(t -> map.put("template", t));
        map.put("max-length", maxLength);
        map.put("overlong", KebabCase.of(overlong));
        maxSamples.ifPresent(n -> map.put("max-samples", n));
        maxEvalSamples.ifPresent(n -> map.put("max-eval-samples", n));
        if (batching instanceof Batching.Tokens t) {
            map.put("batch-tokens", t.tokens());
            map.put(LENGTH_GROUPING_WINDOW, t.window());
        } else if (batching instanceof Batching.Examples e) {
            map.put("batch-size", e.size());
        }
        map.put("shuffle", shuffle);
        mismatched.ifPresent(m -> map.put(MISMATCHED, KebabCase.of(m)));
        return map;
    }

    /** This data in another shape. Pairs as single responses, for example, give the chosen ones. */
    public DataRecipe withShape(RowShape newShape) {
        return with(newShape, sources, evalSources);
    }

    /** Whether rows that are complete in this shape are also complete in another. */
    public boolean readableAs(RowShape other) {
        return format.shapes().contains(other) && format.required(shape).containsAll(format.required(other));
    }

    /**
     * The encoder of a file's rows.
     *
     * @param columns from the format's column names to the file's
     * @param tokenizer must stay open as long as the encoder is used; may be absent for a format that holds no text
     * @param vocabSize the model's, tokens
     * @throws dev.tandem.UserException as {@link RowFormats#encoder} says, or if the template is not one
     */
    public RowEncoder encoder(Map<String, String> columns, Optional<TextTokenizer> tokenizer, int vocabSize) {
        return RowFormats.encoder(format, shape, columns, context(tokenizer, vocabSize));
    }

    /**
     * The encoder of a file's rows.
     *
     * @param columns from the format's column names to the file's
     * @param tokenizer loaded only if the format holds text; must stay open as long as the encoder is used
     * @param vocabSize the model's, tokens
     * @throws dev.tandem.UserException as {@link RowFormats#encoder} says, or if the template or the tokenizer is not one
     */
    public RowEncoder encoder(Map<String, String> columns, ModelTokenizer tokenizer, int vocabSize) {
        return encoder(
                columns, Optional.of(tokenizer).filter(t -> format.isText()).map(ModelTokenizer::get), vocabSize);
    }

    /**
     * The context of encoders of its rows.
     *
     * @param tokenizer as for {@link #encoder}
     * @param vocabSize the model's, tokens
     * @throws dev.tandem.UserException if the template is not one
     */
    public EncodingContext context(Optional<TextTokenizer> tokenizer, int vocabSize) {
        return new EncodingContext(tokenizer, vocabSize, template, maxLength, overlong);
    }

    /** This recipe with its files at other paths. */
    public DataRecipe mapPaths(UnaryOperator<Path> where) {
        return with(
                shape,
                sources.stream().map(d -> d.mapPaths(where)).toList(),
                evalSources.stream().map(d -> d.mapPaths(where)).toList());
    }

    private DataRecipe with(RowShape newShape, List<DataSource> newSources, List<DataSource> newEvalSources) {
        return new DataRecipe(
                newShape,
                newSources,
                newEvalSources,
                evalFraction,
                format,
                template,
                maxLength,
                overlong,
                maxSamples,
                maxEvalSamples,
                batching,
                shuffle,
                mismatched.filter(m -> newShape == RowShape.LABELLED));
    }

    private static List<Map<String, Object>> settings(List<DataSource> sources) {
        return sources.stream().map(DataRecipe::settings).toList();
    }

    private static Map<String, Object> settings(DataSource source) {
        var map = new LinkedHashMap<String, Object>();
        map.put("path", source.path().toString());
        source.weight().ifPresent(w -> map.put("weight", w));
        if (!source.columns().isEmpty()) {
            map.put("columns", new TreeMap<>(source.columns()));
        }
        return map;
    }
}
