package dev.tandem.recipe;

import dev.tandem.UserException;
import dev.tandem.io.InputFiles;
import dev.tandem.yaml.Overrides;
import dev.tandem.yaml.Section;
import dev.tandem.yaml.YamlReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads recipes from YAML and writes them back. Everything is validated before anything is loaded: a mistake is reported
 * with the file, the line, the key and what was expected. Relative paths are relative to the working directory.
 */
public final class RecipeReader {
    private static final int MAX_BYTES = 4_000_000;

    private RecipeReader() {}

    /**
     * Reads a recipe file.
     *
     * @param file YAML
     * @param overrides {@code key=value} each, the key's path joined by dots, the value in YAML
     * @return the recipe, every default filled in
     * @throws UserException if the file or an override is wrong
     */
    public static Recipe read(Path file, List<String> overrides) {
        return read(file, overrides, Registry.standard());
    }

    /**
     * Reads a recipe file that may name what a program adds.
     *
     * @param file YAML
     * @param overrides as for {@link #read(Path, List)}
     * @param registry what the recipe may name
     * @return the recipe, every default filled in
     * @throws UserException if the file or an override is wrong
     */
    public static Recipe read(Path file, List<String> overrides, Registry registry) {
        return parser(text(file), file.toString(), overrides, registry).parse();
    }

    /**
     * Reads a recipe from text.
     *
     * @param yaml the text
     * @param overrides as for {@link #read(Path, List)}
     * @return the recipe, every default filled in
     * @throws UserException if the text or an override is wrong
     */
    public static Recipe parse(String yaml, List<String> overrides) {
        return parse(yaml, overrides, Registry.standard());
    }

    /**
     * Reads a recipe from text that may name what a program adds.
     *
     * @param yaml the text
     * @param overrides as for {@link #read(Path, List)}
     * @param registry what the recipe may name
     * @return the recipe, every default filled in
     * @throws UserException if the text or an override is wrong
     */
    public static Recipe parse(String yaml, List<String> overrides, Registry registry) {
        return parser(yaml, "recipe", overrides, registry).parse();
    }

    /**
     * Reads a recipe file as a comparison: its {@code compare} section, which may be absent, in addition to everything
     * else.
     *
     * @param file YAML
     * @param overrides as for {@link #read(Path, List)}
     * @return the comparison, every default filled in
     * @throws UserException if the file or an override is wrong, or the objectives are not two of which one is called
     *     preference
     */
    public static ComparisonRecipe readComparison(Path file, List<String> overrides) {
        return readComparison(file, overrides, Registry.standard());
    }

    /**
     * Reads a recipe file that may name what a program adds, as a comparison.
     *
     * @param file YAML
     * @param overrides as for {@link #read(Path, List)}
     * @param registry what the recipe may name
     * @return the comparison, every default filled in
     * @throws UserException as {@link #readComparison(Path, List)}
     */
    public static ComparisonRecipe readComparison(Path file, List<String> overrides, Registry registry) {
        return parser(text(file), file.toString(), overrides, registry).parseComparison();
    }

    /**
     * Reads a comparison from text.
     *
     * @param yaml the text
     * @param overrides as for {@link #read(Path, List)}
     * @return the comparison, every default filled in
     * @throws UserException as {@link #readComparison(Path, List)}
     */
    public static ComparisonRecipe parseComparison(String yaml, List<String> overrides) {
        return parseComparison(yaml, overrides, Registry.standard());
    }

    /**
     * Reads a comparison from text that may name what a program adds.
     *
     * @param yaml the text
     * @param overrides as for {@link #read(Path, List)}
     * @param registry what the recipe may name
     * @return the comparison, every default filled in
     * @throws UserException as {@link #readComparison(Path, List)}
     */
    public static ComparisonRecipe parseComparison(String yaml, List<String> overrides, Registry registry) {
        return parser(yaml, "recipe", overrides, registry).parseComparison();
    }

    /**
     * The recipe as YAML, every default spelt out; {@link #parse} gives the same recipe back.
     *
     * @param recipe to be written
     * @return YAML
     */
    public static String write(Recipe recipe) {
        return RecipeWriter.write(recipe);
    }

    /**
     * The comparison as YAML, every default spelt out; {@link #parseComparison} gives the same comparison back.
     *
     * @param recipe to be written
     * @return YAML
     */
    public static String write(ComparisonRecipe recipe) {
        return RecipeWriter.write(recipe);
    }

    private static RecipeParser parser(String yaml, String source, List<String> overrides, Registry registry) {
        var root = Section.root(source, Overrides.apply(YamlReader.read(yaml, source), overrides));
        return new RecipeParser(root, registry);
    }

    private static String text(Path file) {
        if (!Files.exists(file)) {
            throw new UserException("There is no recipe " + file + ".");
        }
        return InputFiles.text(file, MAX_BYTES);
    }
}
