package dev.tandem.data.template;

/** Escapes text of a user's data for a message. */
final class Printable {
    private Printable() {}

    /** The text with each control character as its escape. */
    static String of(String text) {
        var out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (Character.isISOControl(c)) {
                out.append("\\x%02x".formatted(c));
            } else {
                out.appendCodePoint(c);
            }
        });
        return out.toString();
    }
}
