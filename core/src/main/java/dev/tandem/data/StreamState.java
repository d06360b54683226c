package dev.tandem.data;

import java.util.List;

/**
 * Where an {@link ExampleStream} is.
 *
 * @param consumed examples consumed since the start
 * @param perSource examples consumed of every blended source, in the recipe's order
 */
public record StreamState(long consumed, List<Long> perSource) {
    public StreamState {
        perSource = List.copyOf(perSource);
    }
}
