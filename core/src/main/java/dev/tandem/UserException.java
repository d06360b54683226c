package dev.tandem;

/**
 * A user's mistake that Tandem can explain: the message says what is wrong, where (file and line, row, key or tensor),
 * what was expected and what to do. The command line prints the message alone and exits with code 2.
 *
 * <p>Messages quote names and values from files that somebody else may have written. Control characters in them, which
 * could rewrite a terminal or forge a log, become escapes such as {@code \u001b}; the message's own line breaks stay.
 */
public class UserException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    /** A name from a file may have millions of characters. */
    private static final int LONGEST = 10_000;

    /**
     * Creates the exception for a mistake.
     *
     * @param message what, where, what was expected, what to do; shortened to 10,000 characters
     */
    public UserException(String message) {
        super(printable(message));
    }

    /**
     * Creates the exception for a mistake that surfaced as another exception.
     *
     * @param message what, where, what was expected, what to do; shortened to 10,000 characters
     * @param cause the exception it surfaced as
     */
    public UserException(String message, Throwable cause) {
        super(printable(message), cause);
    }

    private static String printable(String whole) {
        var message = whole.length() <= LONGEST ? whole : whole.substring(0, LONGEST) + "…";
        if (message.chars().noneMatch(UserException::isControl)) {
            return message;
        }
        var text = new StringBuilder();
        message.chars().forEach(c -> {
            if (isControl(c)) {
                text.append(String.format("\\u%04x", c));
            } else {
                text.append((char) c);
            }
        });
        return text.toString();
    }

    /** Control characters, and those that reorder the text around them. */
    private static boolean isControl(int c) {
        return c != '\n' && (Character.isISOControl(c) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069));
    }
}
