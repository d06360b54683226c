package dev.tandem.data;

/** What a row gives: the sequences of an example, and what else comes with them. */
public enum RowShape {
    /** One sequence: a prompt and its response. */
    RESPONSE(1),
    /** Two sequences that share a prompt: the chosen response, then the rejected one. */
    PAIR(2),
    /** A response with a label, desirable or not: its own sequence, then the same prompt with another row's response. */
    LABELLED(2),
    /** A prompt alone: one sequence, whose response the policy writes while it is trained. */
    PROMPT(1);

    private final int sequences;

    RowShape(int sequences) {
        this.sequences = sequences;
    }

    /** Sequences of an example, 1 or 2. */
    public int sequences() {
        return sequences;
    }
}
