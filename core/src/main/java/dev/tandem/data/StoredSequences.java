package dev.tandem.data;

import java.util.List;

/** Sequences of an example that are made each time they are asked for; what is known of them is known without. */
interface StoredSequences extends List<TokenSequence> {

    /** Tokens of each, {@code [sequences]}. */
    int[] lengths();

    /** Trained tokens of all of them together. */
    int trainedTokens();

    /** See {@link RowIndex#hash(List)}. */
    long hash();
}
