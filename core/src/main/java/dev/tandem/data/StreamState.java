package dev.tandem.data;

import java.util.List;

/**
 * Where a {@link BatchStream} is.
 *
 * @param consumed examples consumed since the start; of batches by tokens, up to the current window
 * @param perSource examples consumed of every blended source, in the recipe's order, up to the same point
 * @param batches batches consumed of the current window; 0 for batches of a fixed size
 */
public record StreamState(long consumed, List<Long> perSource, long batches) {
    public StreamState {
        perSource = List.copyOf(perSource);
    }
}
