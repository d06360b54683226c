package dev.tandem.spark.tokens;

import dev.tandem.recipe.DataSource;
import dev.tandem.recipe.ObjectiveRecipe;
import dev.tandem.recipe.RowFormat;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How rows are read, in a form that is sent to executors.
 *
 * @param loss decides about pairs and single sequences
 * @param format of the rows
 * @param template around the prompt, if there is one
 * @param hasTemplate whether there is; without one, the format's own is taken
 * @param maxLength longest sequence, tokens
 * @param overlong what happens to a response that does not fit
 * @param columns from the format's column names to the data's
 * @param vocabSize the model's, tokens
 */
record RowPlan(
        ObjectiveRecipe.Loss loss,
        RowFormat format,
        String template,
        boolean hasTemplate,
        int maxLength,
        ObjectiveRecipe.Overlong overlong,
        Map<String, String> columns,
        int vocabSize)
        implements Serializable {
    RowPlan {
        columns = Map.copyOf(columns);
    }

    static RowPlan of(ObjectiveRecipe recipe, Map<String, String> columns, int vocabSize) {
        return new RowPlan(
                recipe.loss(),
                recipe.format(),
                recipe.template().orElse(""),
                recipe.template().isPresent(),
                recipe.maxLength(),
                recipe.overlong(),
                columns,
                vocabSize);
    }

    /** What a row's encoder asks of an objective. */
    ObjectiveRecipe recipe() {
        return ObjectiveRecipe.reading(
                loss,
                new DataSource(Path.of("rows"), OptionalDouble.empty(), columns),
                format,
                hasTemplate ? Optional.of(template) : Optional.empty(),
                maxLength,
                overlong);
    }
}
