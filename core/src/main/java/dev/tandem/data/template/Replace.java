package dev.tandem.data.template;

/** Python's {@code str.replace} and {@code str.count}. */
final class Replace {
    private Replace() {}

    /** Replaces the first {@code limit} occurrences, all of them if it is negative. */
    static String apply(String text, String old, String replacement, long limit) {
        long most = limit < 0 ? Long.MAX_VALUE : limit;
        var out = new TextBuffer();
        int from = 0;
        for (long done = 0; done < most; done++) {
            int at = next(text, old, from, done);
            if (at < 0) {
                break;
            }
            out.append(text.substring(from, at)).append(replacement);
            from = at + old.length();
        }
        return out.append(text.substring(from)).toString();
    }

    /** The next match; the empty string is found before every character and at the end. */
    private static int next(String text, String old, int from, long done) {
        if (!old.isEmpty()) {
            return text.indexOf(old, from);
        }
        if (done == 0) {
            return 0;
        }
        return from < text.length() ? from + Character.charCount(text.codePointAt(from)) : -1;
    }

    static long count(String text, String part) {
        if (part.isEmpty()) {
            return CodePoints.length(text) + 1L;
        }
        long count = 0;
        for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
            count++;
        }
        return count;
    }
}
