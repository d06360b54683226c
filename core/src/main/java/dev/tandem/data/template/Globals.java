package dev.tandem.data.template;

import java.util.LinkedHashMap;
import java.util.Map;

/** The functions every chat template can call. */
final class Globals {
    static final Map<String, Object> ALL = Map.of(
            "range", new Function("range", (arguments, context) -> range(arguments)),
            "dict", new Function("dict", Globals::dict),
            "namespace", new Function("namespace", Globals::namespace),
            "raise_exception", new Function("raise_exception", (arguments, context) -> raise(arguments)),
            "strftime_now", new Function("strftime_now", Globals::now));

    private Globals() {}

    private static Object range(Arguments arguments) {
        var bound = arguments.bind("range", 1, "start", "stop", "step");
        long first = bound.whole(0);
        boolean one = !bound.has(1);
        return new RangeValue(one ? 0 : first, one ? first : bound.whole(1), bound.whole(2, 1)).bounded();
    }

    private static Object dict(Arguments arguments, CallContext context) {
        var map = new LinkedHashMap<Object, Object>();
        if (arguments.positional().size() > 1) {
            throw new TemplateFault("dict expected at most 1 argument");
        }
        for (Object source : arguments.positional()) {
            if (source instanceof Map<?, ?> entries) {
                map.putAll(entries);
            } else {
                Iteration.list(source, context.budget()).forEach(pair -> put(map, pair, context));
            }
        }
        map.putAll(arguments.named());
        return map;
    }

    private static void put(LinkedHashMap<Object, Object> map, Object pair, CallContext context) {
        var entry = Iteration.list(pair, context.budget());
        if (entry.size() != 2) {
            throw new TemplateFault("dict needs pairs of a key and a value");
        }
        Mappings.put(map, entry.get(0), entry.get(1));
    }

    private static Object namespace(Arguments arguments, CallContext context) {
        var namespace = new Namespace();
        ((Map<?, ?>) dict(arguments, context)).forEach((name, value) -> namespace.set(Text.str(name), value));
        return namespace;
    }

    private static Object raise(Arguments arguments) {
        throw new TemplateFault("the template refuses the conversation: "
                + Printable.of(
                        Text.str(arguments.bind("raise_exception", 1, "message").get(0))));
    }

    private static Object now(Arguments arguments, CallContext context) {
        String format = arguments.bind("strftime_now", 1, "format").text(0);
        return DateFormat.of(format, java.time.ZonedDateTime.now(context.clock()));
    }
}
