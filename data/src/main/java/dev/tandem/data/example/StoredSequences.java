package dev.tandem.data.example;

import java.util.List;

/**
 * The sequences of an example that are stored elsewhere and read on demand. The methods of this interface need no
 * reading.
 */
public interface StoredSequences extends List<TokenSequence> {

    /** Number of tokens of every sequence, {@code [sequences]}. */
    int[] lengths();

    /** Number of trained tokens of all sequences together. */
    int trainedTokens();

    /** See {@link SequenceHash}. */
    long hash();
}
