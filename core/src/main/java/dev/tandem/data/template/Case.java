package dev.tandem.data.template;

import java.util.Locale;

/** Upper and lower case. */
final class Case {
    private Case() {}

    static String upper(String text) {
        return text.toUpperCase(Locale.ROOT);
    }

    static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int end = Character.charCount(text.codePointAt(0));
        return titled(text.codePointAt(0)) + lower(text.substring(end));
    }

    /** The first letter of each run of letters in title case, the others in lower case. */
    static String title(String text) {
        var out = new StringBuilder(text.length());
        boolean inside = false;
        for (int at = 0; at < text.length(); at += Character.charCount(text.codePointAt(at))) {
            int c = text.codePointAt(at);
            out.append(inside ? lower(Character.toString(c)) : titled(c));
            inside = Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
        }
        return out.toString();
    }

    private static String titled(int c) {
        String upper = upper(Character.toString(c));
        boolean several = upper.codePointCount(0, upper.length()) > 1;
        // A ligature becomes several letters, of which only the first is upper case.
        return several ? upper.charAt(0) + lower(upper.substring(1)) : Character.toString(Character.toTitleCase(c));
    }
}
