package dev.tandem.data.example;

/** What a row provides: the sequences of an example, and what comes with them. */
public enum RowShape {
    /** One sequence: a prompt and its response. */
    RESPONSE(1, "single responses"),
    /** Two sequences that share a prompt: the chosen response, then the rejected one. */
    PAIR(2, "pairs"),
    /** A response with a label, desirable or not: its own sequence, then the same prompt with another row's response. */
    LABELLED(2, "labelled responses"),
    /** A prompt alone: one sequence, whose response the policy writes while it is trained. */
    PROMPT(1, "prompts");

    private final int sequences;
    private final String words;

    RowShape(int sequences, String words) {
        this.sequences = sequences;
        this.words = words;
    }

    /** Number of sequences of an example, 1 or 2. */
    public int sequences() {
        return sequences;
    }

    /** The name of such rows in messages, in the plural. */
    public String words() {
        return words;
    }
}
