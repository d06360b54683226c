package dev.tandem.objective;

import dev.tandem.data.example.RowShape;
import dev.tandem.yaml.Section;
import java.util.List;
import java.util.function.Function;

/**
 * A loss that recipes can name. One constant in the file of each loss; {@link dev.tandem.recipe.Losses#TYPES Losses.TYPES} lists Tandem's own, and a
 * program adds its own to a {@code Registry}.
 */
public interface LossType {

    /** The {@code loss} in recipes, in kebab-case. */
    String name();

    /** What it learns from, independent of its settings. */
    RowShape shape();

    /** Its keys in an objective's section, in the order they are written. Another loss may have the same. */
    List<String> keys();

    /**
     * Reads the settings.
     *
     * @param section the objective's section, where its keys are beside other keys
     * @return the loss as the recipe describes it, every default included
     * @throws dev.tandem.UserException if a setting is missing or wrong, with file, line and key
     */
    LossRecipe parse(Section section);

    /**
     * A loss by its parts.
     *
     * @param name in recipes
     * @param shape what it learns from
     * @param keys its own
     * @param reader reads its settings
     * @return the kind
     */
    static LossType of(String name, RowShape shape, List<String> keys, Function<Section, LossRecipe> reader) {
        record Type(String name, RowShape shape, List<String> keys, Function<Section, LossRecipe> reader)
                implements LossType {
            @Override
            public LossRecipe parse(Section section) {
                return reader.apply(section);
            }

            @Override
            public String toString() {
                return name;
            }
        }
        return new Type(name, shape, List.copyOf(keys), reader);
    }
}
