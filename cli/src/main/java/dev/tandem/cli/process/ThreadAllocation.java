package dev.tandem.cli.process;

import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.RecipeReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Divides a machine's cores among its ranks. */
public final class ThreadAllocation {
    private ThreadAllocation() {}

    /**
     * A recipe with this rank's threads: those of the recipe, or the rank's part of the machine's cores.
     *
     * @param environment of the process
     */
    public static Recipe read(Path file, List<String> overrides, Map<String, String> environment) {
        var recipe = RecipeReader.read(file, overrides);
        var ranks = Optional.ofNullable(environment.get(LaunchPlan.LOCAL_WORLD_SIZE))
                .filter(text -> text.matches("[1-9][0-9]{0,4}"))
                .map(Integer::parseInt)
                .orElse(1);
        if (ranks == 1 || recipe.train().threads().isPresent()) {
            return recipe;
        }
        var more = new ArrayList<>(overrides);
        more.add("train.threads=" + Math.max(1, Runtime.getRuntime().availableProcessors() / ranks));
        return RecipeReader.read(file, more);
    }
}
