package dev.tandem.data;

/** How the batch of an optimizer step is formed. */
public sealed interface Batching {
    /** Number of examples in a window, if the recipe does not specify it. */
    int DEFAULT_WINDOW = 256;

    /** Maximum number of examples in a window: all of them are sorted together. */
    int LARGEST_WINDOW = 1_000_000;

    /**
     * Batches of a fixed number of examples.
     *
     * @param size number of examples
     */
    record Examples(int size) implements Batching {}

    /**
     * Batches of examples of similar lengths, as many as a budget of tokens holds.
     *
     * @param tokens maximum number of tokens in a batch; a longer single example is a batch of its own
     * @param window examples drawn at a time; batches are formed among them
     */
    record Tokens(int tokens, int window) implements Batching {}
}
