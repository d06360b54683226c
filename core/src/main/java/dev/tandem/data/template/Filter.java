package dev.tandem.data.template;

/** A filter: computes a value from another. */
@FunctionalInterface
interface Filter {
    Object apply(Object value, Arguments arguments, CallContext context);
}
