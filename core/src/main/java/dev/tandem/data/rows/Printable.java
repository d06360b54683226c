package dev.tandem.data.rows;

/** Escapes text of a user's file for a message: one line, no control characters, not too long. */
final class Printable {
    private static final int LONGEST = 120;

    private Printable() {}

    /** {@code text} with control, format and unpaired surrogate characters escaped, cut after 120 characters. */
    static String of(String text) {
        var cut = text.length() > LONGEST;
        return escaped(cut ? text.substring(0, LONGEST) : text) + (cut ? "…" : "");
    }

    /** All of {@code text}, with characters that could disturb a terminal escaped. */
    static String escaped(String text) {
        var out = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            if (upsetsTerminals(point)) {
                out.append(String.format("\\u%04x", point));
            } else {
                out.appendCodePoint(point);
            }
        });
        return out.toString();
    }

    private static boolean upsetsTerminals(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    // Bidirectional marks among them: they can make a message look like another.
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED -> true;
            default -> false;
        };
    }
}
