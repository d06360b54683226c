package dev.tandem.jinja.value;

/**
 * Something a template can call.
 *
 * @param name its name in messages
 */
public record Function(String name, Body body) {
    /** The body of a call. */
    @FunctionalInterface
    public interface Body {
        Object call(Arguments arguments, CallContext context);
    }
}
