package dev.tandem.spark.tokens;

import dev.tandem.UserException;
import dev.tandem.data.DataSource;
import dev.tandem.data.encoding.Overlong;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.format.DataRecipe;
import dev.tandem.data.format.RowFormats;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How rows are read, in a form that is sent to executors.
 *
 * @param shape what a row provides: single sequences or pairs
 * @param format name of the rows' format
 * @param template prompt template, if there is one
 * @param hasTemplate whether there is a template; without one, the format's own is used
 * @param maxLength maximum length of a sequence in tokens
 * @param overlong what happens to a response that does not fit
 * @param columns mapping from the format's column names to the data's
 * @param vocabSize size of the model's vocabulary in tokens
 */
record RowPlan(
        RowShape shape,
        String format,
        String template,
        boolean hasTemplate,
        int maxLength,
        Overlong overlong,
        Map<String, String> columns,
        int vocabSize)
        implements Serializable {
    RowPlan {
        columns = Map.copyOf(columns);
    }

    /** @throws UserException if the format is not one of Tandem's own, which executors know */
    static RowPlan of(DataRecipe recipe, Map<String, String> columns, int vocabSize) {
        var format = recipe.format();
        if (!RowFormats.ALL.contains(format)) {
            throw new UserException("Rows of format " + format.name() + " cannot be tokenised on a cluster, whose"
                    + " executors know Tandem's own formats: " + RowFormats.names(RowFormats.ALL, f -> true) + ".");
        }
        return new RowPlan(
                recipe.shape(),
                format.name(),
                recipe.template().orElse(""),
                recipe.template().isPresent(),
                recipe.maxLength(),
                recipe.overlong(),
                columns,
                vocabSize);
    }

    /** The part of an objective's recipe that a row's encoder needs. */
    DataRecipe recipe() {
        return DataRecipe.reading(
                shape,
                new DataSource(Path.of("rows"), OptionalDouble.empty(), columns),
                RowFormats.named(format).orElseThrow(),
                hasTemplate ? Optional.of(template) : Optional.empty(),
                maxLength,
                overlong);
    }
}
