package dev.tandem.data.template;

/**
 * Something a template can call.
 *
 * @param name its name in messages
 */
record Function(String name, Body body) {
    /** The body of a call. */
    @FunctionalInterface
    interface Body {
        Object call(Arguments arguments, CallContext context);
    }
}
