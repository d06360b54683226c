package dev.tandem.model;

import dev.tandem.data.TokenSequence;
import java.util.List;

/**
 * Sequences laid end to end without padding, and which hidden states predict which trained tokens.
 *
 * <p>A token after a sequence's last trained token, and that token itself, are read by nobody and left out.
 *
 * @param ids token ids, {@code [tokens]}
 * @param positions position of each token in its sequence, {@code [tokens]}
 * @param starts where each sequence starts, {@code [sequences + 1]}; the last entry is {@code tokens}
 * @param predictors rows of the hidden states that predict trained tokens, {@code [trained tokens]}
 * @param targets the trained tokens, {@code [trained tokens]}
 * @param targetStarts where each sequence's trained tokens start, {@code [sequences + 1]}
 */
public record PackedSequences(
        int[] ids, int[] positions, int[] starts, int[] predictors, int[] targets, int[] targetStarts) {

    /** Packs sequences in order. A sequence without a trained token contributes nothing but an empty range. */
    public static PackedSequences of(List<TokenSequence> sequences) {
        var count = sequences.size();
        var starts = new int[count + 1];
        var targetStarts = new int[count + 1];
        for (var s = 0; s < count; s++) {
            starts[s + 1] = starts[s] + lastTrained(sequences.get(s));
            targetStarts[s + 1] = targetStarts[s] + sequences.get(s).trainedTokens();
        }
        var ids = new int[starts[count]];
        var positions = new int[starts[count]];
        var predictors = new int[targetStarts[count]];
        var targets = new int[targetStarts[count]];
        for (var s = 0; s < count; s++) {
            var sequence = sequences.get(s);
            var start = starts[s];
            var length = starts[s + 1] - start;
            System.arraycopy(sequence.ids(), 0, ids, start, length);
            var target = targetStarts[s];
            for (var i = 0; i < length; i++) {
                positions[start + i] = i;
                if (sequence.trained()[i + 1]) {
                    predictors[target] = start + i;
                    targets[target++] = sequence.ids()[i + 1];
                }
            }
        }
        return new PackedSequences(ids, positions, starts, predictors, targets, targetStarts);
    }

    /** Packs one sequence whole, with nothing to predict: for generation. */
    public static PackedSequences prompt(int[] ids) {
        var positions = new int[ids.length];
        for (var i = 0; i < ids.length; i++) {
            positions[i] = i;
        }
        return new PackedSequences(ids, positions, new int[] {0, ids.length}, new int[0], new int[0], new int[] {0, 0});
    }

    /** Number of sequences. */
    public int sequences() {
        return starts.length - 1;
    }

    /** Tokens the model reads. */
    public int tokens() {
        return ids.length;
    }

    private static int lastTrained(TokenSequence sequence) {
        for (var i = sequence.length() - 1; i > 0; i--) {
            if (sequence.trained()[i]) {
                return i;
            }
        }
        return 0;
    }
}
