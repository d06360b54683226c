package dev.tandem.data.encoding;

/** A note on a row that is kept. */
public enum RowWarning {
    /** A response was cut to fit into max-length; it does not end with the end-of-sequence token. */
    RESPONSE_CUT("response cut to max-length"),
    /** Chosen and rejected are the same tokens: the pair carries no preference. */
    EQUAL_PAIR("chosen equals rejected"),
    /** The prompt is empty or blank. */
    EMPTY_PROMPT("empty prompt"),
    /** Some of a conversation's assistant turns are context, because the template rewrites them. */
    TURNS_REWRITTEN("some assistant turns are context: the template writes them differently once another turn follows"),
    /** The beginning of the prompt was removed to fit into max-length. */
    PROMPT_CUT("beginning of the prompt removed to fit into max-length");

    private final String text;

    RowWarning(String text) {
        this.text = text;
    }

    /** The note in words. */
    public String text() {
        return text;
    }
}
