package dev.tandem.data.template;

import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Formats dates by the directives of {@code strftime}, in English as in the C locale. */
final class DateFormat {
    private DateFormat() {}

    static String of(String format, ZonedDateTime time) {
        var out = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%' || i + 1 == format.length()) {
                out.append(c);
                continue;
            }
            boolean bare = format.charAt(i + 1) == '-' && i + 2 < format.length();
            i += bare ? 2 : 1;
            String part = directive(format.charAt(i), time);
            out.append(bare ? part.replaceFirst("^[0 ]+(?=.)", "") : part);
        }
        return out.toString();
    }

    private static String directive(char directive, ZonedDateTime time) {
        return switch (directive) {
            case '%' -> "%";
            case 'n' -> "\n";
            case 't' -> "\t";
            case 'Y' -> pattern("uuuu", time);
            case 'y' -> pattern("uu", time);
            case 'm' -> pattern("MM", time);
            case 'd' -> pattern("dd", time);
            case 'e' -> "%2d".formatted(time.getDayOfMonth());
            case 'j' -> pattern("DDD", time);
            case 'B' -> pattern("MMMM", time);
            case 'b', 'h' -> pattern("MMM", time);
            case 'A' -> pattern("EEEE", time);
            case 'a' -> pattern("EEE", time);
            case 'u' -> Integer.toString(time.getDayOfWeek().getValue());
            case 'w' -> Integer.toString(time.getDayOfWeek().getValue() % 7);
            case 'H' -> pattern("HH", time);
            case 'I' -> pattern("hh", time);
            case 'M' -> pattern("mm", time);
            case 'S' -> pattern("ss", time);
            case 'p' -> pattern("a", time);
            case 'f' -> pattern("SSSSSS", time);
            case 'F' -> pattern("uuuu-MM-dd", time);
            case 'T', 'X' -> pattern("HH:mm:ss", time);
            case 'R' -> pattern("HH:mm", time);
            case 'D', 'x' -> pattern("MM/dd/uu", time);
            case 'c' -> pattern("EEE MMM ppd HH:mm:ss uuuu", time);
            default ->
                throw new TemplateFault("strftime_now does not know the directive " + Repr.of("%" + directive)
                        + "; use directives such as %Y %m %d %B %b %H %M %S");
        };
    }

    private static String pattern(String pattern, ZonedDateTime time) {
        // Locale.ROOT would abbreviate September to four letters with some sets of names.
        return DateTimeFormatter.ofPattern(pattern, Locale.US).format(time);
    }
}
