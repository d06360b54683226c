package dev.tandem.serve;

import dev.tandem.UserException;

/**
 * Limits of an engine.
 *
 * @param slots maximum number of texts active simultaneously
 * @param queue maximum number of texts that wait for a slot
 * @param tokens capacity for keys and values of the active texts, as {@link dev.tandem.model.generation.BatchGenerator}
 *     counts it
 */
public record EngineSettings(int slots, int queue, long tokens) {
    /** @throws UserException if a number is out of its range */
    public EngineSettings {
        require(slots >= 1 && slots <= 1024, "max-batch", slots, "from 1 to 1024");
        require(queue >= 0 && queue <= 100_000, "queue", queue, "from 0 to 100000");
        require(tokens >= 64 && tokens <= 1L << 40, "kv-tokens", tokens, "64 or more");
    }

    private static void require(boolean holds, String name, long value, String expected) {
        if (!holds) {
            throw new UserException(name + " is " + value + ", but must be " + expected + ".");
        }
    }
}
