package dev.tandem.data;

/** User data in messages: one line, shortened, without control characters that a terminal would interpret. */
final class Printable {
    private static final int LONGEST = 80;

    private Printable() {}

    /** {@code text} with control characters and lone surrogates written as {@code \}{@code uXXXX}, at most 80 characters. */
    static String text(String text) {
        var shown = new StringBuilder();
        for (var i = 0; i < text.length(); ) {
            if (shown.length() >= LONGEST) {
                return shown.append('…').toString();
            }
            var point = text.codePointAt(i);
            i += Character.charCount(point);
            switch (Character.getType(point)) {
                case Character.CONTROL,
                        Character.FORMAT,
                        Character.SURROGATE,
                        Character.LINE_SEPARATOR,
                        Character.PARAGRAPH_SEPARATOR -> shown.append(String.format("\\u%04X", point));
                default -> shown.appendCodePoint(point);
            }
        }
        return shown.toString();
    }
}
