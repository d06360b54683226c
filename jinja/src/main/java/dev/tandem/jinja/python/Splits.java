package dev.tandem.jinja.python;

import dev.tandem.jinja.value.Arguments;
import dev.tandem.jinja.value.None;
import dev.tandem.jinja.value.RenderLimits;
import dev.tandem.jinja.value.TemplateError;
import dev.tandem.jinja.value.Tuple;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Splits strings into parts. */
public final class Splits {
    private Splits() {}

    static List<Object> split(String text, Arguments arguments, RenderLimits budget) {
        return cut("split", text, arguments, budget, false);
    }

    static List<Object> rsplit(String text, Arguments arguments, RenderLimits budget) {
        return cut("rsplit", text, arguments, budget, true);
    }

    private static List<Object> cut(String name, String text, Arguments arguments, RenderLimits budget, boolean back) {
        var bound = arguments.bind(name, 0, "sep", "maxsplit");
        long limit = bound.whole(1, -1);
        long most = limit < 0 ? Long.MAX_VALUE : limit;
        boolean blank = !bound.has(0) || bound.get(0) == None.NONE;
        List<Object> parts = blank
                ? (back ? wordsFromEnd(text, most) : words(text, most))
                : (back ? fromEnd(text, separator(bound), most) : fromStart(text, separator(bound), most));
        budget.spend(parts.size());
        return parts;
    }

    private static String separator(Arguments.Bound bound) {
        String separator = bound.text(0);
        if (separator.isEmpty()) {
            throw new TemplateError("empty separator");
        }
        return separator;
    }

    private static List<Object> fromStart(String text, String separator, long most) {
        var parts = new ArrayList<Object>();
        int from = 0;
        for (int at = text.indexOf(separator); at >= 0 && parts.size() < most; at = text.indexOf(separator, from)) {
            parts.add(text.substring(from, at));
            from = at + separator.length();
        }
        parts.add(text.substring(from));
        return parts;
    }

    private static List<Object> fromEnd(String text, String separator, long most) {
        var parts = new ArrayList<Object>();
        int to = text.length();
        while (parts.size() < most) {
            int at = text.lastIndexOf(separator, to - separator.length());
            if (at < 0 || to < separator.length()) {
                break;
            }
            parts.add(text.substring(at + separator.length(), to));
            to = at;
        }
        parts.add(text.substring(0, to));
        Collections.reverse(parts);
        return parts;
    }

    private static List<Object> words(String text, long most) {
        var parts = new ArrayList<Object>();
        int at = Whitespace.skip(text, 0);
        while (at < text.length()) {
            if (parts.size() == most) {
                parts.add(text.substring(at));
                break;
            }
            int end = at;
            while (end < text.length() && !Whitespace.is(text.charAt(end))) {
                end++;
            }
            parts.add(text.substring(at, end));
            at = Whitespace.skip(text, end);
        }
        return parts;
    }

    private static List<Object> wordsFromEnd(String text, long most) {
        var parts = new ArrayList<Object>();
        String rest = Whitespace.stripTrailing(text);
        while (!rest.isEmpty()) {
            if (parts.size() == most) {
                parts.add(rest);
                break;
            }
            int start = rest.length();
            while (start > 0 && !Whitespace.is(rest.charAt(start - 1))) {
                start--;
            }
            parts.add(rest.substring(start));
            rest = Whitespace.stripTrailing(rest.substring(0, start));
        }
        Collections.reverse(parts);
        return parts;
    }

    public static List<Object> lines(String text, boolean keepEnds) {
        var lines = new ArrayList<Object>();
        int from = 0;
        while (from < text.length()) {
            int end = from;
            while (end < text.length() && !Whitespace.endsLine(text.charAt(end))) {
                end++;
            }
            int next = Math.min(end + (text.startsWith("\r\n", end) ? 2 : 1), text.length());
            lines.add(text.substring(from, keepEnds ? next : end));
            from = next;
        }
        return lines;
    }

    static Tuple partition(String text, String separator) {
        int at = text.indexOf(nonEmpty(separator));
        return at < 0
                ? Tuple.of(text, "", "")
                : Tuple.of(text.substring(0, at), separator, text.substring(at + separator.length()));
    }

    static Tuple rpartition(String text, String separator) {
        int at = text.lastIndexOf(nonEmpty(separator));
        return at < 0
                ? Tuple.of("", "", text)
                : Tuple.of(text.substring(0, at), separator, text.substring(at + separator.length()));
    }

    private static String nonEmpty(String separator) {
        if (separator.isEmpty()) {
            throw new TemplateError("empty separator");
        }
        return separator;
    }
}
