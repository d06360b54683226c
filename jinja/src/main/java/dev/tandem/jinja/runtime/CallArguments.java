package dev.tandem.jinja.runtime;

import dev.tandem.jinja.python.Iteration;
import dev.tandem.jinja.value.Arguments;
import dev.tandem.jinja.value.Repr;
import dev.tandem.jinja.value.TemplateError;
import dev.tandem.jinja.value.Types;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The arguments of a call as the template writes them.
 *
 * @param star a value whose items are further arguments by position
 * @param doubleStar a mapping whose entries are further arguments by name
 */
public record CallArguments(
        List<Expr> positional, Map<String, Expr> named, Optional<Expr> star, Optional<Expr> doubleStar) {
    public static final CallArguments NONE = new CallArguments(List.of(), Map.of(), Optional.empty(), Optional.empty());

    Arguments evaluate(Frame frame) {
        var values = new ArrayList<Object>();
        positional.forEach(argument -> values.add(frame.eval(argument)));
        var byName = new LinkedHashMap<String, Object>();
        named.forEach((name, argument) -> byName.put(name, frame.eval(argument)));
        star.ifPresent(items -> values.addAll(Iteration.list(frame.eval(items), frame.limits())));
        doubleStar.ifPresent(entries -> unpack(frame.eval(entries), byName));
        return new Arguments(values, byName);
    }

    private static void unpack(Object entries, Map<String, Object> byName) {
        if (!(entries instanceof Map<?, ?> map)) {
            throw new TemplateError("argument after ** must be a mapping, not " + Types.name(entries));
        }
        map.forEach((key, value) -> {
            if (!(key instanceof String name)) {
                throw new TemplateError("keywords must be strings");
            }
            if (byName.put(name, value) != null) {
                throw new TemplateError("got multiple values for keyword argument " + Repr.of(name));
            }
        });
    }
}
