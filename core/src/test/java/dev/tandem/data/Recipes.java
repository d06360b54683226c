package dev.tandem.data;

import dev.tandem.recipe.Batching;
import dev.tandem.recipe.DataSource;
import dev.tandem.recipe.ObjectiveRecipe;
import dev.tandem.recipe.ObjectiveRecipe.Loss;
import dev.tandem.recipe.ObjectiveRecipe.Overlong;
import dev.tandem.recipe.RowFormat;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Recipes of one objective, of which only what encoding reads matters. */
final class Recipes {
    private Recipes() {}

    static ObjectiveRecipe of(RowFormat format, Optional<String> template, int maxLength, Overlong overlong) {
        return new ObjectiveRecipe(
                pairs(format) ? Loss.DPO : Loss.SFT,
                0.1,
                0,
                List.of(new DataSource(Path.of("rows.jsonl"), OptionalDouble.empty(), Map.of())),
                List.of(),
                0.03,
                format,
                template,
                maxLength,
                overlong,
                OptionalInt.empty(),
                OptionalInt.empty(),
                new Batching.Examples(1),
                OptionalInt.empty(),
                true,
                0);
    }

    static ObjectiveRecipe of(RowFormat format) {
        return of(format, Optional.empty(), 512, Overlong.CUT);
    }

    private static boolean pairs(RowFormat format) {
        return format == RowFormat.PREFERENCE || format == RowFormat.IMPLICIT_PREFERENCE;
    }
}
