package dev.tandem.data.template;

/** Calls of values. */
final class Calls {
    private Calls() {}

    static boolean callable(Object value) {
        return value instanceof Function || value instanceof LoopState || value instanceof Undefined;
    }

    static Object call(Object function, Arguments arguments, CallContext context) {
        if (function instanceof Function known) {
            return known.body().call(arguments, context);
        }
        if (function instanceof LoopState loop) {
            return loop.recurse(arguments.bind("loop", 1, "iterable").get(0));
        }
        if (function instanceof Undefined missing) {
            throw missing.fault();
        }
        throw new TemplateFault(Repr.of(Types.name(function)) + " object is not callable");
    }
}
