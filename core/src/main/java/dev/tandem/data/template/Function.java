package dev.tandem.data.template;

/**
 * Something a template can call.
 *
 * @param name what messages call it
 */
record Function(String name, Body body) {
    /** What a call does. */
    @FunctionalInterface
    interface Body {
        Object call(Arguments arguments, CallContext context);
    }
}
