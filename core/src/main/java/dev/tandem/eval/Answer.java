package dev.tandem.eval;

/**
 * What a model said.
 *
 * @param text the answer, without stop text
 * @param tokens it took, an end token not counted
 * @param end why it ended
 */
public record Answer(String text, int tokens, End end) {
    /** Why an answer ended, as files name it. */
    public enum End {
        /** The model ended it. */
        EOS,
        /** A stop text came. */
        STOP,
        /** It is as long as was allowed. */
        LENGTH
    }
}
