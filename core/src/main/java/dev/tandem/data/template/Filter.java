package dev.tandem.data.template;

/** What a filter makes of a value. */
@FunctionalInterface
interface Filter {
    Object apply(Object value, Arguments arguments, CallContext context);
}
