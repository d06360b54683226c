package dev.tandem.train.track;

import java.nio.file.Path;

/**
 * The run that a tracker records.
 *
 * @param folder the run's folder; {@code recipe.yaml} is in it already
 * @param resumed whether the run continues from a checkpoint. Records of steps after the checkpoint may exist then; the steps
 *     are repeated, so their records are dropped, which {@link LineFile} does, or replaced
 * @param stepsDone steps done before; 0 for a new run
 * @param evaluated whether the evaluation after these steps was recorded before the checkpoint
 */
public record TrackerContext(Path folder, boolean resumed, int stepsDone, boolean evaluated) {

    /** A run that begins. */
    public static TrackerContext ofNewRun(Path folder) {
        return new TrackerContext(folder, false, 0, false);
    }
}
