package dev.tandem.jinja.builtin;

import dev.tandem.jinja.python.Case;
import dev.tandem.jinja.python.CodePoints;
import dev.tandem.jinja.python.Pad;
import dev.tandem.jinja.python.PercentFormat;
import dev.tandem.jinja.python.Replace;
import dev.tandem.jinja.python.Splits;
import dev.tandem.jinja.python.Strip;
import dev.tandem.jinja.value.Arguments;
import dev.tandem.jinja.value.CallContext;
import dev.tandem.jinja.value.None;
import dev.tandem.jinja.value.TemplateError;
import dev.tandem.jinja.value.Text;
import dev.tandem.jinja.value.TextBuffer;
import dev.tandem.jinja.value.Tuple;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The filters that return text. */
final class TextFilters {
    private static final Pattern WORD = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern WORD_BREAK = Pattern.compile(
            "[-({\\[<\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+");

    static final Map<String, Filter> ALL = Map.ofEntries(
            Map.entry("upper", (value, arguments, context) -> Case.upper(alone("upper", value, arguments))),
            Map.entry("lower", (value, arguments, context) -> Case.lower(alone("lower", value, arguments))),
            Map.entry(
                    "capitalize",
                    (value, arguments, context) -> Case.capitalize(alone("capitalize", value, arguments))),
            Map.entry("title", (value, arguments, context) -> title(alone("title", value, arguments))),
            Map.entry("string", (value, arguments, context) -> alone("string", value, arguments)),
            Map.entry("safe", (value, arguments, context) -> alone("safe", value, arguments)),
            Map.entry("e", (value, arguments, context) -> escape(alone("e", value, arguments))),
            Map.entry("escape", (value, arguments, context) -> escape(alone("escape", value, arguments))),
            Map.entry("forceescape", (value, arguments, context) -> escape(alone("forceescape", value, arguments))),
            Map.entry("trim", (value, arguments, context) -> trim(value, arguments)),
            Map.entry("replace", (value, arguments, context) -> replace(value, arguments)),
            Map.entry(
                    "center",
                    (value, arguments, context) -> Pad.apply(
                            "center",
                            Text.str(value),
                            arguments.bind("center", 0, "width").whole(0, 80),
                            " ")),
            Map.entry("indent", (value, arguments, context) -> indent(value, arguments)),
            Map.entry("truncate", (value, arguments, context) -> truncate(value, arguments)),
            Map.entry(
                    "wordcount",
                    (value, arguments, context) -> WORD.matcher(alone("wordcount", value, arguments))
                            .results()
                            .count()),
            Map.entry("format", TextFilters::format),
            Map.entry("tojson", (value, arguments, context) -> JsonText.of(value, arguments)));

    private TextFilters() {}

    private static String alone(String name, Object value, Arguments arguments) {
        arguments.bind(name, 0);
        return Text.str(value);
    }

    private static String title(String text) {
        var out = new StringBuilder();
        Matcher breaks = WORD_BREAK.matcher(text);
        int at = 0;
        while (breaks.find()) {
            out.append(word(text.substring(at, breaks.start()))).append(breaks.group());
            at = breaks.end();
        }
        return out.append(word(text.substring(at))).toString();
    }

    private static String word(String word) {
        int first = word.isEmpty() ? 0 : Character.charCount(word.codePointAt(0));
        return Case.upper(word.substring(0, first)) + Case.lower(word.substring(first));
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("'", "&#39;")
                .replace("\"", "&#34;");
    }

    private static String trim(Object value, Arguments arguments) {
        var bound = arguments.bind("trim", 0, "chars");
        boolean given = bound.has(0) && bound.get(0) != None.NONE;
        return Strip.strip(Text.str(value), given ? Optional.of(bound.text(0)) : Optional.empty(), true, true);
    }

    private static String replace(Object value, Arguments arguments) {
        var bound = arguments.bind("replace", 2, "old", "new", "count");
        long count = bound.get(2, None.NONE) == None.NONE ? -1 : bound.whole(2);
        return Replace.apply(Text.str(value), Text.str(bound.get(0)), Text.str(bound.get(1)), count);
    }

    private static String indent(Object value, Arguments arguments) {
        var bound = arguments.bind("indent", 0, "width", "first", "blank");
        String text = Arguments.of(value).bind("indent", 1, "text").text(0);
        String indent =
                bound.get(0, 4L) instanceof String given ? given : Pad.apply("ljust", "", bound.whole(0, 4), " ");
        List<Object> lines = Splits.lines(text + "\n", false);
        var out = new TextBuffer();
        for (int i = 0; i < lines.size(); i++) {
            String line = Text.str(lines.get(i));
            boolean moved = i == 0 ? bound.flag(1, false) : bound.flag(2, false) || !line.isEmpty();
            out.append(i == 0 ? "" : "\n").append(moved ? indent : "").append(line);
        }
        return out.toString();
    }

    private static String truncate(Object value, Arguments arguments) {
        var bound = arguments.bind("truncate", 0, "length", "killwords", "end", "leeway");
        String text = Arguments.of(value).bind("truncate", 1, "text").text(0);
        String end = bound.text(2, "...");
        long length = bound.whole(0, 255);
        long leeway = bound.get(3, None.NONE) == None.NONE ? 5 : bound.whole(3);
        long kept = length - CodePoints.length(end);
        if (kept < 0 || leeway < 0) {
            throw new TemplateError(
                    "truncate() needs a length of at least that of its end, and a leeway of at least 0");
        }
        if (CodePoints.length(text) <= length + leeway) {
            return text;
        }
        String start = CodePoints.slice(text, 0, (int) kept);
        int space = start.lastIndexOf(' ');
        return (bound.flag(1, false) || space < 0 ? start : start.substring(0, space)) + end;
    }

    private static String format(Object value, Arguments arguments, CallContext context) {
        if (!arguments.named().isEmpty() && !arguments.positional().isEmpty()) {
            throw new TemplateError("format() takes arguments by position or by name, not both");
        }
        Object values = arguments.named().isEmpty()
                ? new Tuple(arguments.positional())
                : new java.util.LinkedHashMap<Object, Object>(arguments.named());
        return PercentFormat.apply(Text.str(value), values, context.limits());
    }
}
