package dev.tandem.data.check;

import dev.tandem.data.DataRecipe;
import dev.tandem.data.DataSource;
import dev.tandem.data.RowColumns;
import dev.tandem.data.RowTexts;
import dev.tandem.data.rows.Row;
import java.util.Optional;

/**
 * A file to check and how to read it.
 *
 * @param objective whose data it is
 * @param evaluation whether it is for evaluation rather than training
 * @param source the file and its columns
 * @param recipe how its rows are read; absent: they fit no format and are only counted
 * @param mostKept how many of its rows a run keeps; those after them are not looked at
 */
public record CheckedFile(
        String objective, boolean evaluation, DataSource source, Optional<DataRecipe> recipe, int mostKept) {

    /** The texts of a row; absent if it lacks a column that its format needs. */
    Optional<RowTexts> texts(Row row) {
        return recipe.flatMap(r -> r.format().texts(r.shape(), row, columns(r)));
    }

    /** The first column that a row lacks and its format needs, as the file calls it. */
    Optional<String> missing(Row row) {
        return recipe.flatMap(r -> {
            var columns = columns(r);
            return r.format().required(r.shape()).stream()
                    .filter(column -> !columns.has(row, column))
                    .map(columns::name)
                    .findFirst();
        });
    }

    private RowColumns columns(DataRecipe read) {
        return new RowColumns(source.columns(), read.format().otherNames());
    }
}
