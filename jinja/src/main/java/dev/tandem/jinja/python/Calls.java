package dev.tandem.jinja.python;

import dev.tandem.jinja.value.Arguments;
import dev.tandem.jinja.value.CallContext;
import dev.tandem.jinja.value.Function;
import dev.tandem.jinja.value.LoopState;
import dev.tandem.jinja.value.Repr;
import dev.tandem.jinja.value.TemplateError;
import dev.tandem.jinja.value.Types;
import dev.tandem.jinja.value.Undefined;

/** Calls of values. */
public final class Calls {
    private Calls() {}

    public static boolean callable(Object value) {
        return value instanceof Function || value instanceof LoopState || value instanceof Undefined;
    }

    public static Object call(Object function, Arguments arguments, CallContext context) {
        if (function instanceof Function known) {
            return known.body().call(arguments, context);
        }
        if (function instanceof LoopState loop) {
            return loop.recurse(arguments.bind("loop", 1, "iterable").get(0));
        }
        if (function instanceof Undefined missing) {
            throw missing.fault();
        }
        throw new TemplateError(Repr.of(Types.name(function)) + " object is not callable");
    }
}
