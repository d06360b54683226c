package dev.tandem.train.track;

import java.util.List;

/** The trackers of Tandem itself. */
public final class Trackers {
    /** All trackers. */
    public static final List<TrackerType> TYPES = List.of(JsonLinesTracker.TYPE, TensorBoardTracker.TYPE);

    /** The trackers of a run whose recipe names none. */
    public static final List<TrackerRecipe> DEFAULTS =
            List.of(new JsonLinesTracker.Settings(), new TensorBoardTracker.Settings());

    private Trackers() {}
}
