package dev.tandem.data.encoding;

/** A note on a row that is kept. */
public enum RowWarning {
    /** A response was cut to fit into max-length; it does not end with the end-of-sequence token. */
    RESPONSE_CUT("response cut to max-length"),
    /** Chosen and rejected are the same tokens: the pair carries no preference. */
    EQUAL_PAIR("chosen equals rejected"),
    /** The prompt is empty or blank. */
    EMPTY_PROMPT("empty prompt");

    private final String text;

    RowWarning(String text) {
        this.text = text;
    }

    /** The note in words. */
    public String text() {
        return text;
    }
}
