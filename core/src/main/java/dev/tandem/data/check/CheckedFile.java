package dev.tandem.data.check;

import dev.tandem.data.DataRecipe;
import dev.tandem.data.DataSource;
import dev.tandem.data.RowFormat;
import dev.tandem.data.RowFormats;
import dev.tandem.data.RowShape;
import java.util.List;
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

    /** Finds the texts of the rows. */
    Optional<RowTextReader> texts() {
        return recipe.map(r -> new RowTextReader(r.format(), pairs(r), source.columns()));
    }

    private static boolean pairs(DataRecipe recipe) {
        return recipe.format() == RowFormat.TOKENS
                ? recipe.shape() == RowShape.PAIR
                : RowFormats.PAIRS.contains(recipe.format());
    }

    /** Columns without which no row is complete; what token rows lack is told when they are encoded. */
    List<String> required() {
        return recipe.map(r -> switch (r.format()) {
                    case ALPACA -> List.of("instruction", "output");
                    case SFT -> List.of("prompt", "response");
                    case PREFERENCE -> List.of("prompt", "chosen", "rejected");
                    case IMPLICIT_PREFERENCE -> List.of("chosen", "rejected");
                    case CONVERSATION -> List.of("messages");
                    case TOKENS -> List.<String>of();
                })
                .orElse(List.of());
    }
}
