package dev.tandem.data.cache;

import dev.tandem.data.encoding.RowTokens;
import dev.tandem.data.example.SequenceHash;
import dev.tandem.data.example.TokenSequence;
import java.util.Arrays;
import java.util.OptionalDouble;

/** Facts about rows without their tokens: lengths of their sequences, numbers of trained tokens, and hashes. */
final class RowIndex {
    private int rows;
    private int sequences;
    private int[] ends = new int[64];
    private int[] trained = new int[64];
    private long[] hashes = new long[64];
    /** NaN where there is none. */
    private double[] labels = new double[64];

    private int[] lengths = new int[64];

    /** Adds a row. */
    void add(RowTokens row) {
        var tokens = row.sequences();
        add(
                tokens.stream().mapToInt(TokenSequence::length).toArray(),
                tokens.stream().mapToInt(TokenSequence::trainedTokens).sum(),
                SequenceHash.of(tokens),
                row.label().orElse(Double.NaN));
    }

    /** Adds a row. @param label NaN if the row has none */
    void add(int[] lengthsOfRow, int trainedTokens, long hash, double label) {
        if (rows == ends.length) {
            ends = Arrays.copyOf(ends, grown(rows));
            trained = Arrays.copyOf(trained, grown(rows));
            hashes = Arrays.copyOf(hashes, grown(rows));
            labels = Arrays.copyOf(labels, grown(rows));
        }
        if (sequences + lengthsOfRow.length > lengths.length) {
            lengths = Arrays.copyOf(lengths, Math.max(grown(sequences), sequences + lengthsOfRow.length));
        }
        System.arraycopy(lengthsOfRow, 0, lengths, sequences, lengthsOfRow.length);
        sequences += lengthsOfRow.length;
        ends[rows] = sequences;
        trained[rows] = trainedTokens;
        hashes[rows] = hash;
        labels[rows] = label;
        rows++;
    }

    private static int grown(int size) {
        return size + (size >> 1);
    }

    int rows() {
        return rows;
    }

    /** Number of sequences of all rows. */
    int sequences() {
        return sequences;
    }

    /** Index of the first sequence of a row. */
    int start(int row) {
        return row == 0 ? 0 : ends[row - 1];
    }

    /** Index of the first sequence after a row. */
    int end(int row) {
        return ends[row];
    }

    /** Number of tokens of a sequence. */
    int length(int sequence) {
        return lengths[sequence];
    }

    int[] lengths(int row) {
        return Arrays.copyOfRange(lengths, start(row), end(row));
    }

    int trainedTokens(int row) {
        return trained[row];
    }

    OptionalDouble label(int row) {
        return Double.isNaN(labels[row]) ? OptionalDouble.empty() : OptionalDouble.of(labels[row]);
    }

    long hash(int row) {
        return hashes[row];
    }
}
