package dev.tandem.fuzz;

import dev.tandem.UserException;
import dev.tandem.recipe.RecipeReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Any text is either refused or a recipe that is the same after it was written and read again. The same holds for
 * comparisons.
 */
public final class RecipeFuzz {
    private RecipeFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        var yaml = new String(input, StandardCharsets.UTF_8);
        accepted(() -> RecipeReader.parse(yaml, List.of()))
                .ifPresent(recipe -> requireSame(recipe, RecipeReader.parse(RecipeReader.write(recipe), List.of())));
        accepted(() -> RecipeReader.parseComparison(yaml, List.of()))
                .ifPresent(recipe ->
                        requireSame(recipe, RecipeReader.parseComparison(RecipeReader.write(recipe), List.of())));
    }

    private static <T> Optional<T> accepted(Supplier<T> reading) {
        try {
            return Optional.of(reading.get());
        } catch (UserException e) {
            return Optional.empty();
        }
    }

    private static void requireSame(Object read, Object again) {
        if (!read.equals(again)) {
            throw new AssertionError("written and read again it is another:\n" + read + "\n" + again);
        }
    }
}
