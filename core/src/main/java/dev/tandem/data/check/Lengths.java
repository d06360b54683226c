package dev.tandem.data.check;

import java.util.List;

/**
 * The distribution of sequence lengths.
 *
 * @param sequences number of sequences
 * @param tokens total number of tokens
 * @param median median length in tokens
 * @param most95 length that 95 % of the sequences do not exceed
 * @param longest length of the longest sequence in tokens
 * @param histogram sequences by length, at most ten bars of equal width
 */
public record Lengths(long sequences, long tokens, int median, int most95, int longest, List<Bar> histogram) {

    /**
     * Sequences of similar length.
     *
     * @param from smallest length in tokens
     * @param to largest length in tokens
     * @param sequences number of sequences
     */
    public record Bar(int from, int to, long sequences) {}

    public Lengths {
        histogram = List.copyOf(histogram);
    }
}
