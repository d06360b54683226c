package dev.tandem.method;

import dev.tandem.UserException;
import java.util.Map;

/**
 * A method's state as named numbers, so that checkpoints can hold it as JSON.
 *
 * @param values state by name; what the names mean is the method's own business
 */
public record MethodState(Map<String, Double> values) {
    /** The state of a method whose next decision follows from the step's number alone. */
    public static final MethodState NONE = new MethodState(Map.of());

    public MethodState {
        values = Map.copyOf(values);
    }

    /**
     * A value that must be there.
     *
     * @param name of the value
     * @return the value
     * @throws UserException if the state has no such value: another method wrote it
     */
    public double value(String name) {
        var value = values.get(name);
        if (value == null) {
            throw new UserException("the checkpoint's method state has no " + name
                    + ": it was written by another method or for fewer objectives; resume with the recipe it was made"
                    + " with, or start a new run");
        }
        return value;
    }
}
