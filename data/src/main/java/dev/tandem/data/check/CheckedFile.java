package dev.tandem.data.check;

import dev.tandem.data.DataSource;
import dev.tandem.data.encoding.RowColumns;
import dev.tandem.data.format.DataRecipe;
import dev.tandem.data.format.RowTexts;
import dev.tandem.data.rows.Row;
import java.util.Optional;

/**
 * A file to check and how to read it.
 *
 * @param objective name of the objective that the data belongs to
 * @param evaluation whether it is for evaluation rather than training
 * @param source the file and its columns
 * @param recipe how its rows are read; absent: they match no format and are only counted
 * @param mostKept number of rows that a run keeps; later rows are not checked
 */
public record CheckedFile(
        String objective, boolean evaluation, DataSource source, Optional<DataRecipe> recipe, int mostKept) {

    /** The texts of a row; absent if it lacks a column that its format needs. */
    Optional<RowTexts> texts(Row row) {
        return recipe.flatMap(r -> r.format().texts(r.shape(), row, columns(r)));
    }

    /** The first column, by the file's name, that a row lacks and its format needs. */
    Optional<String> missing(Row row) {
        return recipe.flatMap(r -> r.format().missing(r.shape(), row, columns(r)));
    }

    private RowColumns columns(DataRecipe read) {
        return new RowColumns(source.columns(), read.format().otherNames());
    }
}
