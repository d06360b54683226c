package dev.tandem.jinja.builtin;

import dev.tandem.jinja.value.Arguments;
import dev.tandem.jinja.value.CallContext;

/** A filter: computes a value from another. */
@FunctionalInterface
interface Filter {
    Object apply(Object value, Arguments arguments, CallContext context);
}
