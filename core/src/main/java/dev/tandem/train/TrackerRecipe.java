package dev.tandem.train;

import java.util.Map;

/**
 * A tracker as a recipe describes it. Two with equal settings are equal, so that a recipe equals the one read from what was
 * written of it: records do that.
 */
public interface TrackerRecipe {

    /** The type that parsed it. */
    TrackerType type();

    /**
     * Its keys and values as the recipe is written back, every default included, without the name.
     *
     * @return values that YAML has: texts, numbers, booleans, lists and maps; empty if the tracker has no keys
     */
    default Map<String, Object> settings() {
        return Map.of();
    }

    /**
     * Opens the tracker.
     *
     * @param run the run that it records
     * @return a tracker, closed by the run
     * @throws dev.tandem.UserException if it cannot be opened; the run ends then
     */
    Tracker create(TrackerContext run);
}
