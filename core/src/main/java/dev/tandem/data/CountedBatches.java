package dev.tandem.data;

import java.util.List;

/** Batches with a fixed number of examples each, in drawing order. A batch may run over the end of an epoch. */
final class CountedBatches implements BatchStream {
    private final SeededStream draws;
    private final int size;

    /** @param size examples per batch */
    CountedBatches(SeededStream draws, int size) {
        this.draws = draws;
        this.size = size;
    }

    @Override
    public List<Example> peek() {
        return draws.peek(size);
    }

    @Override
    public List<Example> take() {
        return draws.take(size);
    }

    @Override
    public StreamState state() {
        return draws.state();
    }

    @Override
    public void restore(StreamState state) {
        if (state.batches() != 0) {
            throw new IllegalArgumentException(
                    "it is within a window of batches formed by batch-tokens, but these batches use a batch-size");
        }
        draws.restore(state);
    }
}
