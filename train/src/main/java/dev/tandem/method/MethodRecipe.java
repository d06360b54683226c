package dev.tandem.method;

import java.util.List;
import java.util.Map;

/**
 * A method as a recipe describes it: a record of its settings, in the file of the method. Immutable, and equal to another
 * with the same settings.
 */
public interface MethodRecipe {

    /** The kind of method, which says its {@code name} in recipes. */
    MethodType type();

    /**
     * The settings as a recipe holds them, every default included.
     *
     * @return keys in the order they are written, without {@code name}; values are texts, numbers, truth values, and lists
     *     and maps of these, such that {@link MethodType#parse} gives an equal recipe back
     */
    Map<String, Object> settings();

    /**
     * The method itself.
     *
     * @param context the run it is for
     * @return a method that has planned no step yet
     * @throws dev.tandem.UserException if the settings do not fit the run's objectives or length
     */
    Method create(MethodContext context);

    /**
     * The computation of its steps.
     *
     * @param objectives names of the run's objectives, in order
     * @param steps of the run
     * @return the mean over all steps
     * @throws dev.tandem.UserException as {@link #create}
     */
    StepWork work(List<String> objectives, int steps);

    /**
     * Whether what a step does depends on how many there are. If so, a run cannot be made longer when it is resumed.
     *
     * @return false for most; Sequential's stages do
     */
    default boolean dependsOnLength() {
        return false;
    }

    /** The name that lists of runs show: the method's, unless a setting says more. */
    default String title() {
        return type().name();
    }

    /** Whether it chooses one objective before every step, so that each with a weight is chosen from time to time. */
    default boolean choosesEveryStep() {
        return false;
    }

    /**
     * Whether it decides by the objectives' gaps to their optima f*. A run does not begin then unless the recipe gives all of
     * them; plans need none.
     */
    default boolean needsOptima() {
        return false;
    }
}
