package dev.tandem.jinja.python;

import java.util.Optional;
import java.util.function.IntPredicate;

/** Takes characters off the ends of strings. */
public final class Strip {
    private Strip() {}

    /** Strips the given characters, or white space, from the chosen ends. */
    public static String strip(String text, Optional<String> characters, boolean start, boolean end) {
        IntPredicate goes =
                characters.<IntPredicate>map(some -> c -> some.indexOf(c) >= 0).orElse(Whitespace::is);
        int from = 0;
        int to = text.length();
        while (start && from < to && goes.test(text.codePointAt(from))) {
            from += Character.charCount(text.codePointAt(from));
        }
        while (end && to > from && goes.test(text.codePointBefore(to))) {
            to -= Character.charCount(text.codePointBefore(to));
        }
        return text.substring(from, to);
    }
}
