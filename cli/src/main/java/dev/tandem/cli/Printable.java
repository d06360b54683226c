package dev.tandem.cli;

/** Text that may hold anything a data file holds, made safe for a terminal. */
final class Printable {
    private Printable() {}

    /** The text with control characters, line ends apart, written as {@code \}{@code uXXXX}. */
    static String of(String text) {
        var result = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (c != '\n' && (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT)) {
                result.append(String.format("\\u%04X", c));
            } else {
                result.appendCodePoint(c);
            }
        });
        return result.toString();
    }
}
