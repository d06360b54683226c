package dev.tandem.data;

import java.util.List;

/**
 * One training example, tokenised.
 *
 * @param index its place in its dataset, unique there: what reference log-probs are filed under
 * @param sequences one sequence (an instruction and its response) or two (chosen, then rejected)
 */
public record Example(int index, List<TokenSequence> sequences) {
    public Example {
        sequences = List.copyOf(sequences);
        if (sequences.isEmpty()) {
            throw new IllegalArgumentException("an example needs at least one sequence");
        }
    }

    /** Tokens of all sequences together. */
    public int tokens() {
        return sequences.stream().mapToInt(TokenSequence::length).sum();
    }

    /** Trained tokens of all sequences together. */
    public int trainedTokens() {
        return sequences.stream().mapToInt(TokenSequence::trainedTokens).sum();
    }
}
