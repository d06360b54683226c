package dev.tandem.method;

import java.util.Map;

/**
 * A method's state as named numbers, so that checkpoints can hold it as JSON.
 *
 * @param values state by name; what the names mean is the method's own business
 */
public record MethodState(Map<String, Double> values) {
    public MethodState {
        values = Map.copyOf(values);
    }
}
