package dev.tandem.cli.data;

import dev.tandem.UserException;
import dev.tandem.cli.options.RowOptions;
import dev.tandem.data.DataSource;
import dev.tandem.data.check.CheckedFile;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.format.DataRecipe;
import dev.tandem.data.format.RowFormat;
import dev.tandem.data.format.RowFormats;
import dev.tandem.data.load.SourceShares;
import dev.tandem.data.source.RowStream;
import dev.tandem.recipe.Recipe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Files named on the command line, as if a recipe named them: rows of one shape are one objective.
 *
 * @param format absent: guessed from the columns of a file's first row
 * @param options how rows are read
 */
record DataCheckFiles(Optional<RowFormat> format, RowOptions options) {
    /** All files of a recipe, as a run reads them. */
    static List<CheckedFile> of(Recipe recipe) {
        var files = new ArrayList<CheckedFile>();
        recipe.objectives().forEach((name, objective) -> {
            var data = objective.data();
            var shares = new SourceShares(data);
            for (var i = 0; i < data.sources().size(); i++) {
                var source = data.sources().get(i);
                files.add(new CheckedFile(name, false, source, Optional.of(data), shares.mostKept(i)));
            }
            for (var source : data.evalSources()) {
                files.add(new CheckedFile(name, true, source, Optional.of(data), shares.mostKeptForEvaluation()));
            }
        });
        return files;
    }

    /** @param evaluation whether the file is for evaluation */
    CheckedFile of(Path file, boolean evaluation) {
        var names = columns(file);
        var source = new DataSource(file, OptionalDouble.empty(), options.columns());
        var recipe = format.or(() -> RowFormats.guess(names, options.columns())).map(f -> recipe(f, names, source));
        var objective = recipe.map(r -> objective(r.shape())).orElse(file.toString());
        return new CheckedFile(objective, evaluation, source, recipe, Integer.MAX_VALUE);
    }

    private static String objective(RowShape shape) {
        return switch (shape) {
            case RESPONSE -> "instructions";
            case PAIR -> "pairs";
            case LABELLED -> "labelled";
            case PROMPT -> "prompts";
        };
    }

    private DataRecipe recipe(RowFormat known, List<String> names, DataSource source) {
        return DataRecipe.reading(
                RowFormats.shape(known, names, options.columns()),
                source,
                known,
                options.template(),
                options.maxLength(),
                options.overlong());
    }

    /** The columns; none if a file cannot be read, since the check reports why. */
    private static List<String> columns(Path file) {
        try {
            return RowStream.columns(file);
        } catch (UserException e) {
            return List.of();
        }
    }
}
