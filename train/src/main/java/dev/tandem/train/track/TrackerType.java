package dev.tandem.train.track;

import dev.tandem.yaml.Section;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A kind of tracker that recipes name under {@code trackers}: {@code trackers: [jsonl, {name: mine, every: 10}]} names one
 * without and one with keys of its own.
 */
public interface TrackerType {

    /** Its name in recipes. */
    String name();

    /** Every key that {@link #parse} asks for; none by default. */
    default Set<String> keys() {
        return Set.of();
    }

    /**
     * Reads its keys.
     *
     * @param section the tracker's mapping; empty if the recipe gives the name alone. {@code name} was read already, and
     *     the caller closes the section, which refuses keys that were not asked for
     * @throws dev.tandem.UserException if a value is wrong
     */
    TrackerRecipe parse(Section section);

    /**
     * A kind of tracker without keys.
     *
     * @param name its name in recipes
     * @param recipe makes the tracker's description
     * @return the kind
     */
    static TrackerType withoutKeys(String name, Supplier<TrackerRecipe> recipe) {
        return new TrackerType() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public TrackerRecipe parse(Section section) {
                return recipe.get();
            }
        };
    }
}
