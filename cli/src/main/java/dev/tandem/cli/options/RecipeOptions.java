package dev.tandem.cli.options;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The recipe of a command, with overrides of its keys. */
public final class RecipeOptions {
    @Parameters(paramLabel = "RECIPE.yaml", description = "The recipe; see docs/recipe.md.")
    private Path file = Path.of("");

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Overrides a key of the recipe, as in --set train.steps=100. Repeatable.")
    private List<String> overrides = List.of();

    /** The recipe's file. */
    public Path file() {
        return file;
    }

    /** {@code key=value} each, as {@link dev.tandem.recipe.RecipeReader RecipeReader} takes them. */
    public List<String> overrides() {
        return overrides;
    }
}
