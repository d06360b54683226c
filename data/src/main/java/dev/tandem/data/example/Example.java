package dev.tandem.data.example;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * One training example, tokenised.
 *
 * @param index its index in its dataset, unique there; reference log-probs are stored under it
 * @param sequences one sequence (an instruction and its response) or two (chosen, then rejected); they may be on disk,
 *     and are then read on each access
 * @param label 1 desirable, 0 undesirable; absent unless the rows are labelled
 */
public record Example(int index, List<TokenSequence> sequences, OptionalDouble label) {
    public Example {
        // sequences on disk stay there
        sequences = sequences instanceof StoredSequences ? sequences : List.copyOf(sequences);
        if (sequences.isEmpty()) {
            throw new IllegalArgumentException("an example needs at least one sequence");
        }
    }

    /** An example without a label. */
    public Example(int index, List<TokenSequence> sequences) {
        this(index, sequences, OptionalDouble.empty());
    }

    /** Number of tokens of all sequences together. */
    public int tokens() {
        return Arrays.stream(lengths()).sum();
    }

    /** Number of trained tokens of all sequences together. */
    public int trainedTokens() {
        return sequences instanceof StoredSequences stored
                ? stored.trainedTokens()
                : sequences.stream().mapToInt(TokenSequence::trainedTokens).sum();
    }

    /**
     * Number of trained tokens of one sequence.
     *
     * @param sequence its place in the example
     */
    public int trainedTokens(int sequence) {
        // for a single sequence on disk the number is known without reading it
        return sequences.size() == 1 ? trainedTokens() : sequences.get(sequence).trainedTokens();
    }

    /**
     * This example with only one of its sequences.
     *
     * @param sequence its place
     */
    public Example only(int sequence) {
        return selected(sequence);
    }

    /**
     * This example without one of its sequences.
     *
     * @param sequence its place
     */
    public Example without(int sequence) {
        return selected(
                IntStream.range(0, sequences.size()).filter(s -> s != sequence).toArray());
    }

    private Example selected(int... places) {
        return new Example(
                index,
                sequences instanceof StoredSequences stored
                        ? new SelectedSequences(stored, places)
                        : Arrays.stream(places).mapToObj(sequences::get).toList(),
                label);
    }

    /** Length of the longest sequence in tokens. */
    public int longest() {
        return Arrays.stream(lengths()).max().orElse(0);
    }

    /** A hash that is equal for examples of equal sequences, and almost never for others. */
    public long hash() {
        return sequences instanceof StoredSequences stored ? stored.hash() : SequenceHash.of(sequences);
    }

    private int[] lengths() {
        return sequences instanceof StoredSequences stored
                ? stored.lengths()
                : sequences.stream().mapToInt(TokenSequence::length).toArray();
    }
}
