package dev.tandem.data;

import java.util.List;

/**
 * An endless, seeded stream of training examples: reshuffled each epoch, never ending. Its order is a pure function of
 * the seed and the position, so a stream put back to a {@link StreamState} goes on exactly as if it had never stopped.
 */
public interface ExampleStream {

    /** The next {@code count} examples, without consuming them. May run over the end of an epoch. */
    List<Example> peek(int count);

    /** The next {@code count} examples, consumed. */
    List<Example> take(int count);

    /** Where the stream is. */
    StreamState state();

    /** Goes to where {@code state} was taken. */
    void restore(StreamState state);
}
