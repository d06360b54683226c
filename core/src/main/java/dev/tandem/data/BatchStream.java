package dev.tandem.data;

import java.util.List;

/**
 * An endless, seeded stream of training batches over examples that are reshuffled each epoch. Its order is a pure
 * function of the seed and the position, so a stream restored to a {@link StreamState} continues exactly as if it had
 * never stopped.
 */
public interface BatchStream {

    /** The next batch, without consuming it. Never empty. */
    List<Example> peek();

    /** The next batch, consumed. */
    List<Example> take();

    /** The current position of the stream. */
    StreamState state();

    /**
     * Moves to the position at which {@code state} was taken.
     *
     * @throws IllegalArgumentException if a stream like this one cannot have been at that position
     */
    void restore(StreamState state);
}
