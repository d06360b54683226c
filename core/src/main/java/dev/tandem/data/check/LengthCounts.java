package dev.tandem.data.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Counts sequences by length: the memory grows with the longest sequence, not with their number. */
final class LengthCounts {
    private static final int BARS = 10;

    /** Number of sequences by length. */
    private long[] counts = new long[1024];

    private long sequences;
    private long tokens;
    private int shortest = Integer.MAX_VALUE;
    private int longest;

    void add(int length) {
        if (length >= counts.length) {
            counts = Arrays.copyOf(counts, Math.max(length + 1, 2 * counts.length));
        }
        counts[length]++;
        sequences++;
        tokens += length;
        shortest = Math.min(shortest, length);
        longest = Math.max(longest, length);
    }

    /** The lengths; absent if there was no sequence. */
    Optional<Lengths> lengths() {
        return sequences == 0
                ? Optional.empty()
                : Optional.of(new Lengths(
                        sequences,
                        tokens,
                        after(sequences / 2),
                        after(Math.min(sequences - 1, sequences * 95 / 100)),
                        longest,
                        histogram()));
    }

    /** Length of the sequence that comes after {@code shorter} others when all are sorted. */
    private int after(long shorter) {
        var seen = counts[0];
        var length = 0;
        while (seen <= shorter) {
            seen += counts[++length];
        }
        return length;
    }

    private List<Lengths.Bar> histogram() {
        var width = width();
        var bars = new ArrayList<Lengths.Bar>();
        for (var from = (shortest - 1) / width * width + 1; from <= longest; from += width) {
            var sum = 0L;
            for (var length = from; length < from + width && length < counts.length; length++) {
                sum += counts[length];
            }
            bars.add(new Lengths.Bar(from, from + width - 1, sum));
        }
        return bars;
    }

    /** The smallest of 1, 2, 5, 10, 20, 50, … that needs no more than ten bars; the first bar may begin early. */
    private int width() {
        for (var power = 1; ; power *= 10) {
            for (var step : new int[] {1, 2, 5}) {
                if ((long) power * step * (BARS - 1) > longest - shortest) {
                    return power * step;
                }
            }
        }
    }
}
