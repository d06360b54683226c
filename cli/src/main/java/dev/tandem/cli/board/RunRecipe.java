package dev.tandem.cli.board;

import dev.tandem.UserException;
import dev.tandem.method.MethodRecipe;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.recipe.Registry;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The part of a run's recipe that the board shows.
 *
 * @param text as it is written; empty if there is none
 * @param method its name in lists of runs
 * @param lambda weight of the preference objective
 * @param seed of the run
 * @param steps to do; 0 when unknown
 * @param objectives in the recipe's order
 */
record RunRecipe(
        String text,
        Optional<String> method,
        Optional<Double> lambda,
        Optional<Long> seed,
        int steps,
        List<String> objectives) {
    static final RunRecipe UNKNOWN =
            new RunRecipe("", Optional.empty(), Optional.empty(), Optional.empty(), 0, List.of());

    /** Reads a recipe; one that this version does not understand has only its text. */
    static RunRecipe read(Path file, Registry registry) {
        var text = SmallFile.text(file).orElse("");
        if (text.isEmpty()) {
            return UNKNOWN;
        }
        try {
            return of(text, RecipeReader.parse(text, List.of(), registry));
        } catch (UserException e) {
            return new RunRecipe(text, Optional.empty(), Optional.empty(), Optional.empty(), 0, List.of());
        }
    }

    private static RunRecipe of(String text, Recipe recipe) {
        return new RunRecipe(
                text,
                Optional.of(recipe.method().title()),
                lambda(recipe.method()),
                Optional.of((long) recipe.train().seed()),
                recipe.train().steps(),
                List.copyOf(recipe.objectives().keySet()));
    }

    private static Optional<Double> lambda(MethodRecipe method) {
        return method.settings().get("lambda") instanceof Double lambda ? Optional.of(lambda) : Optional.empty();
    }
}
