package dev.tandem.jinja.python;

import dev.tandem.jinja.value.Arguments;
import dev.tandem.jinja.value.CallContext;
import dev.tandem.jinja.value.Function;
import dev.tandem.jinja.value.None;
import dev.tandem.jinja.value.Repr;
import dev.tandem.jinja.value.TemplateError;
import dev.tandem.jinja.value.TextBuffer;
import dev.tandem.jinja.value.Types;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The methods of strings. */
final class StringMethods {
    private static final Set<String> UNSUPPORTED = Set.of(
            "casefold",
            "encode",
            "expandtabs",
            "format_map",
            "isidentifier",
            "isprintable",
            "istitle",
            "maketrans",
            "swapcase",
            "translate");

    /** The effect of a method on its text. */
    @FunctionalInterface
    private interface Method {
        Object call(String text, Arguments arguments, CallContext context);
    }

    private StringMethods() {}

    static Optional<Object> find(String text, String name) {
        return method(name)
                .map(method -> new Function(name, (arguments, context) -> method.call(text, arguments, context)));
    }

    private static Optional<Method> method(String name) {
        return cutting(name)
                .or(() -> searching(name))
                .or(() -> casing(name))
                .or(() -> checking(name))
                .or(() -> {
                    if (UNSUPPORTED.contains(name)) {
                        throw new TemplateError("the method " + Repr.of(name) + " of strings is not supported");
                    }
                    return Optional.empty();
                });
    }

    private static Optional<Method> cutting(String name) {
        return Optional.<Method>ofNullable(
                switch (name) {
                    case "strip" -> (text, arguments, context) -> Strip.strip(text, chars(name, arguments), true, true);
                    case "lstrip" ->
                        (text, arguments, context) -> Strip.strip(text, chars(name, arguments), true, false);
                    case "rstrip" ->
                        (text, arguments, context) -> Strip.strip(text, chars(name, arguments), false, true);
                    case "split" -> (text, arguments, context) -> Splits.split(text, arguments, context.limits());
                    case "rsplit" -> (text, arguments, context) -> Splits.rsplit(text, arguments, context.limits());
                    case "splitlines" ->
                        (text, arguments, context) -> Splits.lines(
                                text, arguments.bind(name, 0, "keepends").flag(0, false));
                    case "partition" -> (text, arguments, context) -> Splits.partition(text, one(name, arguments));
                    case "rpartition" -> (text, arguments, context) -> Splits.rpartition(text, one(name, arguments));
                    case "removeprefix" ->
                        (text, arguments, context) -> {
                            String prefix = one(name, arguments);
                            return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
                        };
                    case "removesuffix" ->
                        (text, arguments, context) -> {
                            String suffix = one(name, arguments);
                            return text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
                        };
                    default -> null;
                });
    }

    private static Optional<Method> searching(String name) {
        return Optional.<Method>ofNullable(
                switch (name) {
                    case "startswith" -> (text, arguments, context) -> Search.affix(name, text, arguments, true);
                    case "endswith" -> (text, arguments, context) -> Search.affix(name, text, arguments, false);
                    case "find", "rfind", "index", "rindex" ->
                        (text, arguments, context) -> Search.find(name, text, arguments);
                    case "count" -> (text, arguments, context) -> Search.count(text, arguments);
                    case "replace" ->
                        (text, arguments, context) -> {
                            var bound = arguments.bind(name, 2, "old", "new", "count");
                            return Replace.apply(text, bound.text(0), bound.text(1), bound.whole(2, -1));
                        };
                    case "join" -> (text, arguments, context) -> join(text, arguments, context);
                    case "format" -> (text, arguments, context) -> BraceFormat.apply(text, arguments, context.limits());
                    default -> null;
                });
    }

    private static Optional<Method> casing(String name) {
        return Optional.<Method>ofNullable(
                switch (name) {
                    case "upper" -> (text, arguments, context) -> Case.upper(none(name, text, arguments));
                    case "lower" -> (text, arguments, context) -> Case.lower(none(name, text, arguments));
                    case "title" -> (text, arguments, context) -> Case.title(none(name, text, arguments));
                    case "capitalize" -> (text, arguments, context) -> Case.capitalize(none(name, text, arguments));
                    case "zfill" ->
                        (text, arguments, context) ->
                                Pad.zeros(text, arguments.bind(name, 1, "width").whole(0));
                    case "ljust", "rjust", "center" ->
                        (text, arguments, context) -> {
                            var bound = arguments.bind(name, 1, "width", "fillchar");
                            return Pad.apply(name, text, bound.whole(0), bound.text(1, " "));
                        };
                    default -> null;
                });
    }

    private static Optional<Method> checking(String name) {
        boolean known = List.of(
                        "isdigit",
                        "isdecimal",
                        "isnumeric",
                        "isalpha",
                        "isalnum",
                        "isspace",
                        "isascii",
                        "isupper",
                        "islower")
                .contains(name);
        return known
                ? Optional.of((text, arguments, context) -> CharacterTests.test(name, none(name, text, arguments)))
                : Optional.empty();
    }

    private static String join(String separator, Arguments arguments, CallContext context) {
        var items = Iteration.list(arguments.bind("join", 1, "iterable").get(0), context.limits());
        var out = new TextBuffer();
        String before = "";
        for (Object item : items) {
            if (!(item instanceof String part)) {
                throw new TemplateError("join() needs strings, found a value of type " + Types.name(item));
            }
            out.append(before).append(part);
            before = separator;
        }
        return out.toString();
    }

    private static Optional<String> chars(String name, Arguments arguments) {
        var bound = arguments.bind(name, 0, "chars");
        return bound.has(0) && bound.get(0) != None.NONE ? Optional.of(bound.text(0)) : Optional.empty();
    }

    private static String one(String name, Arguments arguments) {
        return arguments.bind(name, 1, "text").text(0);
    }

    private static String none(String name, String text, Arguments arguments) {
        arguments.bind(name, 0);
        return text;
    }
}
