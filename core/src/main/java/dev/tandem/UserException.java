package dev.tandem;

/**
 * A mistake of the user's that Tandem can explain: the message says what is wrong, where (file and line, row, key or
 * tensor), what was expected and what to do. The command line prints the message alone and exits with code 2.
 */
public final class UserException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UserException(String message) {
        super(message);
    }

    public UserException(String message, Throwable cause) {
        super(message, cause);
    }
}
