package dev.tandem.eval;

/**
 * A model's answer.
 *
 * @param text the answer, without stop text
 * @param tokens number of generated tokens, not counting an end token
 * @param end why it ended
 */
public record Answer(String text, int tokens, End end) {
    /** The reason why an answer ended, as files name it. */
    public enum End {
        /** The model ended it. */
        EOS,
        /** A stop text was generated. */
        STOP,
        /** The answer reached the maximum length. */
        LENGTH
    }
}
