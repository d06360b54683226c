package dev.tandem.data.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A macro, or the body of a call block.
 *
 * @param special which of {@code caller}, {@code kwargs} and {@code varargs} the body uses
 */
record Macro(String name, List<Parameter> parameters, Block block, java.util.Set<String> special) {
    record Parameter(String name, Optional<Expr> fallback) {}

    /** The macro as a value that sees the names where it was defined. */
    Function bind(Frame definition) {
        return new Function("Macro " + Repr.of(name), (arguments, frame) -> call(arguments, definition));
    }

    private Object call(Arguments arguments, Frame definition) {
        Frame inner = block.enter(definition).captured();
        var left = new LinkedHashMap<>(arguments.named());
        var given = arguments.positional();
        var values = new ArrayList<Optional<Object>>();
        for (int i = 0; i < parameters.size(); i++) {
            values.add(
                    i < given.size()
                            ? Optional.of(given.get(i))
                            : Optional.ofNullable(left.remove(parameters.get(i).name())));
        }
        special(inner, left, given);
        for (int i = 0; i < parameters.size(); i++) {
            Parameter parameter = parameters.get(i);
            inner.scope().set(parameter.name(), values.get(i).orElseGet(() -> fallback(parameter, inner)));
        }
        inner.execute(block.body());
        return inner.out().toString();
    }

    private static Object fallback(Parameter parameter, Frame inner) {
        return parameter
                .fallback()
                .map(inner::eval)
                .orElseGet(() -> new Undefined("parameter " + Repr.of(parameter.name()) + " was not provided"));
    }

    private void special(Frame inner, Map<String, Object> named, List<Object> given) {
        if (special.contains("caller")) {
            Object caller = named.remove("caller");
            inner.scope().set("caller", caller == null ? new Undefined("No caller defined") : caller);
        }
        if (special.contains("kwargs")) {
            inner.scope().set("kwargs", new LinkedHashMap<Object, Object>(named));
        } else if (!named.isEmpty()) {
            throw new TemplateFault("macro " + Repr.of(name) + " takes no keyword argument "
                    + Repr.of(named.keySet().iterator().next()));
        }
        int taken = Math.min(given.size(), parameters.size());
        if (special.contains("varargs")) {
            inner.scope().set("varargs", new Tuple(given.subList(taken, given.size())));
        } else if (given.size() > taken) {
            throw new TemplateFault("macro " + Repr.of(name) + " takes at most " + taken + " argument(s)");
        }
    }
}
