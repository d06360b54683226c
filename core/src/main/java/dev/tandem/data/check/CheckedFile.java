package dev.tandem.data.check;

import dev.tandem.data.RowFormats;
import dev.tandem.data.SourceShares;
import dev.tandem.recipe.DataSource;
import dev.tandem.recipe.ObjectiveRecipe;
import dev.tandem.recipe.ObjectiveRecipe.Loss;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.RowFormat;
import java.util.ArrayList;
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
        String objective, boolean evaluation, DataSource source, Optional<ObjectiveRecipe> recipe, int mostKept) {

    /** All files of a recipe, as a run reads them. */
    public static List<CheckedFile> of(Recipe recipe) {
        var files = new ArrayList<CheckedFile>();
        recipe.objectives().forEach((name, objective) -> {
            var shares = new SourceShares(objective);
            for (var i = 0; i < objective.data().size(); i++) {
                var source = objective.data().get(i);
                files.add(new CheckedFile(name, false, source, Optional.of(objective), shares.mostKept(i)));
            }
            for (var source : objective.evalData()) {
                files.add(new CheckedFile(name, true, source, Optional.of(objective), shares.mostKeptForEvaluation()));
            }
        });
        return files;
    }

    /** Finds the texts of the rows. */
    Optional<RowTextReader> texts() {
        return recipe.map(r -> new RowTextReader(r.format(), pairs(r), source.columns()));
    }

    private static boolean pairs(ObjectiveRecipe recipe) {
        return recipe.format() == RowFormat.TOKENS
                ? recipe.loss() != Loss.SFT
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
