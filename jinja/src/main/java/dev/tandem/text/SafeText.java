package dev.tandem.text;

/**
 * Text of unknown origin, made safe for a message or a terminal. Characters that a terminal would interpret, that reorder the
 * text around them, or that are half a surrogate pair are written as {@code \}{@code uXXXX} with lower-case digits.
 */
public final class SafeText {
    private SafeText() {}

    /**
     * The text on one line: line ends are escaped too.
     *
     * @param text of any length
     */
    public static String line(String text) {
        return escaped(text, false);
    }

    /**
     * The text on one line, shortened with an ellipsis.
     *
     * @param text of any length
     * @param longest code points that are shown
     */
    public static String line(String text, int longest) {
        return text.codePointCount(0, text.length()) <= longest
                ? line(text)
                : line(text.substring(0, text.offsetByCodePoints(0, longest))) + "…";
    }

    /**
     * The text with its lines as they are.
     *
     * @param text of any length
     */
    public static String lines(String text) {
        return escaped(text, true);
    }

    private static String escaped(String text, boolean keepLines) {
        if (text.codePoints().noneMatch(point -> isUnsafe(point, keepLines))) {
            return text;
        }
        var result = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            if (isUnsafe(point, keepLines)) {
                result.append(String.format("\\u%04x", point));
            } else {
                result.appendCodePoint(point);
            }
        });
        return result.toString();
    }

    private static boolean isUnsafe(int point, boolean keepLines) {
        return switch (Character.getType(point)) {
            // among the format characters are the bidirectional marks, which can make a message look like another
            case Character.FORMAT, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            case Character.CONTROL -> !(keepLines && point == '\n');
            default -> false;
        };
    }
}
