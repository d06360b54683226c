package dev.tandem.method;

import dev.tandem.yaml.Section;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * A kind of method that recipes can name. One constant in the file of each method; {@link dev.tandem.recipe.Methods#TYPES Methods.TYPES} lists Tandem's own,
 * and a program adds its own to a {@code Registry}.
 */
public interface MethodType {

    /** The {@code name} in recipes, in kebab-case. */
    String name();

    /** Names from earlier versions, which recipes may still use. */
    default List<String> formerNames() {
        return List.of();
    }

    /**
     * Reads the settings. Keys that are not asked for are refused afterwards.
     *
     * @param section the recipe's {@code method}
     * @param objectives names of the recipe's objectives, in order
     * @param steps of the run
     * @return the method as the recipe describes it
     * @throws dev.tandem.UserException if a setting is missing or wrong, with file, line and key
     */
    MethodRecipe parse(Section section, List<String> objectives, int steps);

    /**
     * Reads the settings without weights and takes these instead, for comparisons and benchmarks, which try several.
     *
     * @param section all settings but the weights; may be empty
     * @param weights of the objectives
     * @param steps of the run
     * @return the method; absent if methods of this kind have no weights
     * @throws dev.tandem.UserException as {@link #parse}
     */
    default Optional<MethodRecipe> weighted(Section section, ObjectiveWeights weights, int steps) {
        return Optional.empty();
    }

    /** Keys of the settings that say the weights. */
    default Set<String> weightKeys() {
        return ObjectiveWeights.KEYS;
    }

    /** The least number of objectives that a recipe must have. */
    default int minObjectives() {
        return 2;
    }

    /**
     * A kind of method whose recipes give {@code lambda} or {@code weights}.
     *
     * @param name in recipes
     * @param settings reads all other settings
     * @return the kind
     */
    static MethodType weighted(String name, BiFunction<Section, ObjectiveWeights, MethodRecipe> settings) {
        return new MethodType() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public MethodRecipe parse(Section section, List<String> objectives, int steps) {
                return settings.apply(section, ObjectiveWeights.read(section, objectives));
            }

            @Override
            public Optional<MethodRecipe> weighted(Section section, ObjectiveWeights weights, int steps) {
                return Optional.of(settings.apply(section, weights));
            }

            @Override
            public String toString() {
                return name;
            }
        };
    }
}
