package dev.tandem.data.template;

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

    /** What a method does with its text. */
    @FunctionalInterface
    private interface Method {
        Object call(String text, Arguments arguments, Frame frame);
    }

    private StringMethods() {}

    static Optional<Object> find(String text, String name) {
        return method(name)
                .map(method -> new Function(name, (arguments, frame) -> method.call(text, arguments, frame)));
    }

    private static Optional<Method> method(String name) {
        return cutting(name)
                .or(() -> searching(name))
                .or(() -> casing(name))
                .or(() -> checking(name))
                .or(() -> {
                    if (UNSUPPORTED.contains(name)) {
                        throw new TemplateFault("the method " + Repr.of(name) + " of strings is not supported");
                    }
                    return Optional.empty();
                });
    }

    private static Optional<Method> cutting(String name) {
        return Optional.<Method>ofNullable(
                switch (name) {
                    case "strip" -> (text, arguments, frame) -> Strip.strip(text, chars(name, arguments), true, true);
                    case "lstrip" -> (text, arguments, frame) -> Strip.strip(text, chars(name, arguments), true, false);
                    case "rstrip" -> (text, arguments, frame) -> Strip.strip(text, chars(name, arguments), false, true);
                    case "split" -> (text, arguments, frame) -> Splits.split(text, arguments, frame.budget());
                    case "rsplit" -> (text, arguments, frame) -> Splits.rsplit(text, arguments, frame.budget());
                    case "splitlines" ->
                        (text, arguments, frame) -> Splits.lines(
                                text, arguments.bind(name, 0, "keepends").truth(0, false));
                    case "partition" -> (text, arguments, frame) -> Splits.partition(text, one(name, arguments));
                    case "rpartition" -> (text, arguments, frame) -> Splits.rpartition(text, one(name, arguments));
                    case "removeprefix" ->
                        (text, arguments, frame) -> {
                            String prefix = one(name, arguments);
                            return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
                        };
                    case "removesuffix" ->
                        (text, arguments, frame) -> {
                            String suffix = one(name, arguments);
                            return text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
                        };
                    default -> null;
                });
    }

    private static Optional<Method> searching(String name) {
        return Optional.<Method>ofNullable(
                switch (name) {
                    case "startswith" -> (text, arguments, frame) -> Search.affix(name, text, arguments, true);
                    case "endswith" -> (text, arguments, frame) -> Search.affix(name, text, arguments, false);
                    case "find", "rfind", "index", "rindex" ->
                        (text, arguments, frame) -> Search.find(name, text, arguments);
                    case "count" -> (text, arguments, frame) -> Search.count(text, arguments);
                    case "replace" ->
                        (text, arguments, frame) -> {
                            var bound = arguments.bind(name, 2, "old", "new", "count");
                            return Replace.apply(text, bound.text(0), bound.text(1), bound.whole(2, -1));
                        };
                    case "join" -> (text, arguments, frame) -> join(text, arguments, frame);
                    case "format" -> (text, arguments, frame) -> BraceFormat.apply(text, arguments, frame.budget());
                    default -> null;
                });
    }

    private static Optional<Method> casing(String name) {
        return Optional.<Method>ofNullable(
                switch (name) {
                    case "upper" -> (text, arguments, frame) -> Case.upper(none(name, text, arguments));
                    case "lower" -> (text, arguments, frame) -> Case.lower(none(name, text, arguments));
                    case "title" -> (text, arguments, frame) -> Case.title(none(name, text, arguments));
                    case "capitalize" -> (text, arguments, frame) -> Case.capitalize(none(name, text, arguments));
                    case "zfill" ->
                        (text, arguments, frame) ->
                                Pad.zeros(text, arguments.bind(name, 1, "width").whole(0));
                    case "ljust", "rjust", "center" ->
                        (text, arguments, frame) -> {
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
                ? Optional.of((text, arguments, frame) -> CharacterTests.test(name, none(name, text, arguments)))
                : Optional.empty();
    }

    private static String join(String separator, Arguments arguments, Frame frame) {
        var items = Iteration.list(arguments.bind("join", 1, "iterable").get(0), frame.budget());
        var out = new TextBuffer();
        String before = "";
        for (Object item : items) {
            if (!(item instanceof String part)) {
                throw new TemplateFault("join() needs strings, found a value of type " + Types.name(item));
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
