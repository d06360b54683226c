package dev.tandem.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Recipes of one objective, of which only what encoding reads matters. */
final class Recipes {
    private Recipes() {}

    static DataRecipe of(RowFormat format, Optional<String> template, int maxLength, Overlong overlong) {
        return new DataRecipe(
                pairs(format) ? RowShape.PAIR : RowShape.RESPONSE,
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
                true);
    }

    static DataRecipe of(RowFormat format) {
        return of(format, Optional.empty(), 512, Overlong.CUT);
    }

    private static boolean pairs(RowFormat format) {
        return format == RowFormat.PREFERENCE || format == RowFormat.IMPLICIT_PREFERENCE;
    }
}
