package dev.tandem.train.track;

import dev.tandem.yaml.Section;
import java.util.Set;
import java.util.function.Function;

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
     * A kind of tracker by its parts.
     *
     * @param name in recipes
     * @param keys its own
     * @param reader reads their values
     * @return the kind
     */
    static TrackerType of(String name, Set<String> keys, Function<Section, TrackerRecipe> reader) {
        record Type(String name, Set<String> keys, Function<Section, TrackerRecipe> reader) implements TrackerType {
            @Override
            public TrackerRecipe parse(Section section) {
                return reader.apply(section);
            }

            @Override
            public String toString() {
                return name;
            }
        }
        return new Type(name, Set.copyOf(keys), reader);
    }
}
