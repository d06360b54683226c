package dev.tandem.cli;

import dev.tandem.AtomicFiles;
import dev.tandem.data.DataRecipe;
import dev.tandem.data.DataSource;
import dev.tandem.data.RowFormat;
import dev.tandem.data.RowFormats;
import dev.tandem.data.RowStream;
import dev.tandem.data.TokensFormat;
import dev.tandem.train.ScoredRow;
import dev.tandem.train.Scoring;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tandem score}: log-probs of every example's response. */
@Command(
        name = "score",
        description = "Writes the log-probs of every row's response under a model, one JSON object a row.")
final class ScoreCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Mixin
    private ModelOptions model = new ModelOptions();

    @Mixin
    private RowOptions rowOptions = new RowOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--data", required = true, paramLabel = "FILE", description = "Rows to score.")
    private Path data = Path.of("");

    @Option(
            names = "--format",
            required = true,
            paramLabel = "FORMAT",
            converter = RowFormatConverter.class,
            description = "Row format; see docs/row-formats.md.")
    private RowFormat format = new TokensFormat();

    @Option(names = "--out", required = true, paramLabel = "FILE.jsonl", description = "Where to write.")
    private Path out = Path.of("");

    @Override
    public Integer call() {
        var paths = new HubPaths(out(), common.quiet());
        model.fetch(paths);
        data = paths.local(data);
        var source = new DataSource(data, OptionalDouble.empty(), rowOptions.columns());
        var recipe = DataRecipe.reading(
                RowFormats.shape(format, RowStream.columns(data), rowOptions.columns()),
                source,
                format,
                rowOptions.template(),
                rowOptions.maxLength(),
                rowOptions.overlong());
        try (var scoring = new Scoring(model.model(), model.adapter(), model.device(), model.precision())) {
            var counts = new int[2];
            AtomicFiles.write(
                    out,
                    writer -> scoring.score(source, recipe, row -> {
                        counts[row instanceof ScoredRow.Scored ? 0 : 1]++;
                        writer.println(ScoreJson.line(row));
                    }));
            if (!common.quiet()) {
                out().printf(
                                Locale.ROOT,
                                "%,d rows scored%s: %s%n",
                                counts[0],
                                counts[1] == 0
                                        ? ""
                                        : String.format(Locale.ROOT, ", %,d dropped (see the file)", counts[1]),
                                out);
            }
        }
        return 0;
    }

    private PrintWriter out() {
        return java.util.Objects.requireNonNull(spec).commandLine().getOut();
    }
}
