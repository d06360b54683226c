package dev.tandem.train.loop;

import dev.tandem.data.stream.StreamState;

/**
 * The source of an objective's training batches: a data set, or completions by the policy itself. It never ends. A
 * source that is restored from a {@link StreamState} continues exactly as if it had never stopped, given the same policy.
 */
public interface BatchSource {

    /** The next batch, without consuming it: asked again, the source gives an equal one. Never empty. */
    TrainingBatch peek();

    /** The next batch, consumed. */
    TrainingBatch take();

    /** The position of the source. */
    StreamState state();

    /**
     * Returns to where {@code state} was taken.
     *
     * @throws IllegalArgumentException if a source like this one cannot have been there
     */
    void restore(StreamState state);
}
