package dev.tandem.data;

import java.util.List;

/**
 * The position of a {@link BatchStream}.
 *
 * @param consumed examples consumed since the start; for batches by tokens, up to the current window
 * @param perSource examples consumed of each blended source, in the recipe's order, up to the same point
 * @param batches batches consumed of the current window; 0 for batches of a fixed size
 */
public record StreamState(long consumed, List<Long> perSource, long batches) {
    public StreamState {
        perSource = List.copyOf(perSource);
    }
}
