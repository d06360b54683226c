package dev.tandem.data.check;

import java.util.List;

/**
 * How long sequences are.
 *
 * @param sequences how many there are
 * @param tokens of all of them
 * @param median tokens
 * @param most95 tokens that 95 % of the sequences do not exceed
 * @param longest tokens
 * @param histogram sequences by length, at most ten bars of equal width
 */
public record Lengths(long sequences, long tokens, int median, int most95, int longest, List<Bar> histogram) {

    /**
     * Sequences of similar length.
     *
     * @param from tokens, at least
     * @param to tokens, at most
     * @param sequences how many there are
     */
    public record Bar(int from, int to, long sequences) {}

    public Lengths {
        histogram = List.copyOf(histogram);
    }
}
