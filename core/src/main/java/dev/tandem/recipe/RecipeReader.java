package dev.tandem.recipe;

/** Reads recipes from YAML. */
public final class RecipeReader {
    private RecipeReader() {}
}
