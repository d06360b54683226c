package dev.tandem.data;

import java.util.List;

/** The sequences of an example that are kept elsewhere and read when they are asked for; what is said here needs no reading. */
interface StoredSequences extends List<TokenSequence> {

    /** Tokens of every sequence, {@code [sequences]}. */
    int[] lengths();

    /** Trained tokens of all sequences together. */
    int trainedTokens();

    /** See {@link SequenceHash}. */
    long hash();
}
