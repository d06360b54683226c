package dev.tandem.spark;

import dev.tandem.UserException;
import dev.tandem.cli.options.OverlongConverter;
import dev.tandem.data.DataSource;
import dev.tandem.data.encoding.Overlong;
import dev.tandem.data.format.DataRecipe;
import dev.tandem.data.format.RowFormats;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.spark.tokens.InputRows;
import dev.tandem.spark.tokens.SparkTokenization;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tandem-spark tokenize}: converts rows of any of Spark's sources into shards of tokens. */
@Command(
        name = "tokenize",
        description = "Tokenises rows as training would, into a folder of shards that a recipe can name as data.",
        footer = {
            "",
            "  tandem-spark tokenize --recipe r.yaml --objective sft --input data.jsonl --out tokens/sft",
            "  tandem-spark tokenize --model DIR --format conversation --sql 'SELECT messages FROM chats' --out tokens/chats",
            "",
            "The recipe then has data: tokens/sft, format: tokens."
        })
final class SparkTokenizeCommand implements Callable<Integer> {
    private static final int DEFAULT_LENGTH = 2048;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--recipe", paramLabel = "RECIPE.yaml", description = "Take model, format and lengths from it.")
    private Optional<Path> recipe = Optional.empty();

    @Option(names = "--objective", paramLabel = "NAME", description = "The objective of the recipe.")
    private Optional<String> objective = Optional.empty();

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Overrides a key of the recipe, as in --set objectives.sft.max-length=512. Repeatable.")
    private List<String> overrides = List.of();

    @Option(names = "--model", paramLabel = "DIR", description = "The model whose tokenizer is used, without a recipe.")
    private Optional<Path> model = Optional.empty();

    @Option(
            names = "--format",
            paramLabel = "F",
            description = "Row format, without a recipe; see docs/row-formats.md.")
    private Optional<String> format = Optional.empty();

    @Option(names = "--template", paramLabel = "T", description = "Prompt template, without a recipe.")
    private Optional<String> template = Optional.empty();

    @Option(
            names = "--max-length",
            paramLabel = "N",
            description = "Maximum length of a sequence in tokens, without a recipe. Default: ${DEFAULT-VALUE}.",
            defaultValue = "" + DEFAULT_LENGTH)
    private int maxLength;

    @Option(
            names = "--overlong",
            paramLabel = "truncate|truncate-prompt|drop",
            converter = OverlongConverter.class,
            description = "What to do with rows that do not fit, without a recipe. Default: ${DEFAULT-VALUE}.",
            defaultValue = "truncate")
    private Overlong overlong = Overlong.TRUNCATE;

    @Option(
            names = "--column",
            paramLabel = "NAME=COLUMN",
            description = "The data's name for a column of the format. Repeatable.")
    private Map<String, String> columns = new HashMap<>();

    @Option(names = "--input", paramLabel = "PATH", description = "File, folder or pattern that Spark reads.")
    private Optional<String> input = Optional.empty();

    @Option(
            names = "--input-format",
            paramLabel = "F",
            description = "Format of --input: ${COMPLETION-CANDIDATES}. Default: by the suffix.")
    private Optional<InputRows.Format> inputFormat = Optional.empty();

    @Option(names = "--table", paramLabel = "TABLE", description = "Table of the session's catalog.")
    private Optional<String> table = Optional.empty();

    @Option(
            names = "--sql",
            paramLabel = "QUERY",
            description = "Query in Spark SQL, as in SELECT * FROM parquet.`dir`.")
    private Optional<String> sql = Optional.empty();

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "Folder of shards; must not exist.")
    private String out = "";

    @Option(
            names = "--out-format",
            paramLabel = "F",
            description = "Format of the shards: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.",
            defaultValue = "parquet")
    private SparkTokenization.Output output = SparkTokenization.Output.PARQUET;

    @Override
    public Integer call() {
        if (Stream.of(input, table, sql).filter(Optional::isPresent).count() != 1) {
            throw new UserException("Give one of --input, --table and --sql, which say which rows to read.");
        }
        var tokenization = tokenization();
        var session = Sessions.start("Tandem: tokenize", Map.of());
        try {
            var report = tokenization.run(rows(session), out, output);
            var console = java.util.Objects.requireNonNull(spec).commandLine().getOut();
            console.println(out + ": " + report.text());
            console.flush();
            return 0;
        } finally {
            session.stop();
        }
    }

    private InputRows rows(SparkSession session) {
        return input.map(path -> InputRows.ofFiles(session, path, inputFormat.orElseGet(() -> InputRows.format(path))))
                .or(() -> table.map(name -> InputRows.ofTable(session, name)))
                .orElseGet(() -> InputRows.ofQuery(session, sql.orElseThrow()));
    }

    private SparkTokenization tokenization() {
        if (recipe.isPresent() == model.isPresent()) {
            throw new UserException(
                    "Give either --recipe (with --objective) or --model (with --format), which say how rows become"
                            + " tokens.");
        }
        return recipe.map(this::byRecipe).orElseGet(this::byModel);
    }

    private SparkTokenization byRecipe(Path file) {
        var read = RecipeReader.read(file, overrides);
        var name = objective.orElseThrow(() -> new UserException("--objective is missing; the recipe has "
                + String.join(", ", read.objectives().keySet()) + "."));
        var rows = Optional.ofNullable(read.objectives().get(name))
                .orElseThrow(() -> new UserException("The recipe has no objective '" + name + "'; it has "
                        + String.join(", ", read.objectives().keySet()) + "."));
        var mapped = new HashMap<>(rows.data().sources().get(0).columns());
        mapped.putAll(columns);
        return new SparkTokenization(read.model(), rows.data(), mapped);
    }

    private SparkTokenization byModel() {
        var name = format.orElseThrow(() -> new UserException("--format is missing: the format of the rows."));
        var rowFormat = RowFormats.named(name)
                .orElseThrow(() -> new UserException("--format is '" + name + "'; one of "
                        + RowFormats.names(RowFormats.ALL, f -> true) + " was expected."));
        var shape = RowFormats.shape(rowFormat, columns.values(), columns);
        var source = new DataSource(Path.of("rows"), OptionalDouble.empty(), columns);
        return new SparkTokenization(
                model.orElseThrow(),
                DataRecipe.reading(shape, source, rowFormat, template, maxLength, overlong),
                columns);
    }
}
