package dev.tandem.train.track;

import dev.tandem.train.event.TrainingListener;
import java.util.Map;

/**
 * Records what happens in a run: in a file of metrics, in TensorBoard, on a server. A recipe names its trackers; the first
 * rank opens them when training begins, and calls them on the training thread.
 *
 * <p>A tracker that cannot write throws a {@link dev.tandem.UserException} with the {@link java.io.IOException} as its cause.
 * Then the run stops or continues without that record, as {@code train.on-write-failure} says. Any other exception ends the run.
 */
public interface Tracker extends TrainingListener, AutoCloseable {

    /**
     * Training begins. Not called when a run is resumed.
     *
     * @param data what was read, kept and dropped of every objective's data, by objective name; values are numbers, texts,
     *     lists and maps of these
     */
    default void begin(Map<String, Object> data) {}

    /**
     * Makes everything recorded so far durable. Called before a checkpoint becomes valid: a resumed run repeats the steps after
     * its checkpoint, so what was before it must not get lost.
     */
    default void force() {}

    /**
     * Training ended: all steps are done, the recipe's early stop applied, or the run was interrupted and may be resumed. Not
     * called when the run fails.
     *
     * @param summary the content of {@code summary.json}, which is on the disk already
     */
    default void end(Map<String, Object> summary) {}

    /** Releases what the tracker holds. Called once, also when the run fails. */
    @Override
    default void close() {}
}
