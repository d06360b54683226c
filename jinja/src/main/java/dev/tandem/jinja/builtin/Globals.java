package dev.tandem.jinja.builtin;

import dev.tandem.jinja.python.Iteration;
import dev.tandem.jinja.value.Arguments;
import dev.tandem.jinja.value.CallContext;
import dev.tandem.jinja.value.Function;
import dev.tandem.jinja.value.Mappings;
import dev.tandem.jinja.value.Namespace;
import dev.tandem.jinja.value.RangeValue;
import dev.tandem.jinja.value.TemplateError;
import dev.tandem.jinja.value.Text;
import dev.tandem.text.SafeText;
import java.util.LinkedHashMap;
import java.util.Map;

/** The functions every chat template can call. */
public final class Globals {
    public static final Map<String, Object> ALL = Map.of(
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
            throw new TemplateError("dict expected at most 1 argument");
        }
        for (Object source : arguments.positional()) {
            if (source instanceof Map<?, ?> entries) {
                map.putAll(entries);
            } else {
                Iteration.list(source, context.limits()).forEach(pair -> put(map, pair, context));
            }
        }
        map.putAll(arguments.named());
        return map;
    }

    private static void put(LinkedHashMap<Object, Object> map, Object pair, CallContext context) {
        var entry = Iteration.list(pair, context.limits());
        if (entry.size() != 2) {
            throw new TemplateError("dict needs pairs of a key and a value");
        }
        Mappings.put(map, entry.get(0), entry.get(1));
    }

    private static Object namespace(Arguments arguments, CallContext context) {
        var namespace = new Namespace();
        ((Map<?, ?>) dict(arguments, context)).forEach((name, value) -> namespace.set(Text.str(name), value));
        return namespace;
    }

    private static Object raise(Arguments arguments) {
        throw new TemplateError("the template refuses the conversation: "
                + SafeText.line(
                        Text.str(arguments.bind("raise_exception", 1, "message").get(0))));
    }

    private static Object now(Arguments arguments, CallContext context) {
        String format = arguments.bind("strftime_now", 1, "format").text(0);
        return DateFormat.of(format, java.time.ZonedDateTime.now(context.clock()));
    }
}
