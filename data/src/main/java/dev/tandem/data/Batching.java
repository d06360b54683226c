package dev.tandem.data;

/** How the batch of an optimizer step is formed. */
public sealed interface Batching {
    /** Examples of a window when the recipe does not say. */
    int DEFAULT_WINDOW = 256;

    /** Most examples of a window: all of them are looked at together. */
    int LARGEST_WINDOW = 1_000_000;

    /**
     * The same number of examples in every step.
     *
     * @param size that number
     */
    record Examples(int size) implements Batching {}

    /**
     * Examples of similar lengths, as many as a budget of tokens holds.
     *
     * @param tokens most tokens of a batch; a longer single example is a batch of its own
     * @param window examples drawn at a time; batches are formed among them
     */
    record Tokens(int tokens, int window) implements Batching {}
}
