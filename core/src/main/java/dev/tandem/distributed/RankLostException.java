package dev.tandem.distributed;

import dev.tandem.UserException;

/**
 * Another rank does not answer: it ended, hangs, or cannot be reached. Nothing is wrong with this rank's recipe or
 * data, so restarting from the last checkpoint may help.
 */
public final class RankLostException extends UserException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception for a lost rank.
     *
     * @param message which rank noticed it, in what, and who does not answer
     */
    public RankLostException(String message) {
        super(message);
    }

    /**
     * Creates the exception for a lost rank.
     *
     * @param message which rank noticed it, in what, and who does not answer
     * @param cause the exception it surfaced as
     */
    public RankLostException(String message, Throwable cause) {
        super(message, cause);
    }
}
