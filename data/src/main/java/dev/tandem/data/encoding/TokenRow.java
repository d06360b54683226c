package dev.tandem.data.encoding;

import dev.tandem.data.example.TokenSequence;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A row of the {@code tokens} format, as {@code docs/row-formats.md} describes it. {@link
 * dev.tandem.data.format.TokensFormat TokensFormat} reads it back as the same sequences, with any {@code max-length}
 * that they fit into.
 */
public sealed interface TokenRow {

    /**
     * A span of trained ids in a list.
     *
     * @param from index of the first one, from 0
     * @param to index after the last one
     */
    record Span(int from, int to) {}

    /**
     * One sequence: {@code input_ids}, {@code prompt_length}, {@code trained}, and {@code label} where rows are labelled.
     *
     * @param inputIds token ids
     * @param promptLength number of ids before the first trained one
     * @param trained spans that are trained; none: all after the prompt
     * @param label 1 desirable, 0 undesirable; absent unless the rows are labelled
     */
    record Single(int[] inputIds, int promptLength, List<Span> trained, OptionalDouble label) implements TokenRow {
        public Single {
            trained = List.copyOf(trained);
        }
    }

    /**
     * Two sequences: {@code prompt_ids}, {@code chosen_ids}, {@code rejected_ids}, {@code chosen_trained}, {@code
     * rejected_trained}.
     *
     * @param promptIds the ids that both begin with
     * @param chosenIds the ids of the chosen answer after the prompt
     * @param rejectedIds the ids of the rejected answer after the prompt
     * @param chosenTrained spans of the chosen ids that are trained; none: all
     * @param rejectedTrained spans of the rejected ids that are trained; none: all
     */
    record Pair(
            int[] promptIds, int[] chosenIds, int[] rejectedIds, List<Span> chosenTrained, List<Span> rejectedTrained)
            implements TokenRow {
        public Pair {
            chosenTrained = List.copyOf(chosenTrained);
            rejectedTrained = List.copyOf(rejectedTrained);
        }
    }

    /**
     * Returns the row that is read back as a kept row's sequences and label.
     *
     * @param row has one sequence, or chosen and rejected; each has trained tokens
     */
    static TokenRow of(EncodedRow.Kept row) {
        var sequences = row.sequences();
        if (sequences.size() == 1) {
            var sequence = sequences.get(0);
            var prompt = untrained(sequence);
            return new Single(sequence.ids(), prompt, spans(sequence, prompt, 0), row.label());
        }
        var chosen = sequences.get(0);
        var rejected = sequences.get(1);
        var shared = shared(chosen, rejected);
        return new Pair(
                Arrays.copyOf(chosen.ids(), shared),
                rest(chosen, shared),
                rest(rejected, shared),
                spans(chosen, shared, shared),
                spans(rejected, shared, shared));
    }

    private static int untrained(TokenSequence sequence) {
        var result = 0;
        while (result < sequence.length() && !sequence.trained()[result]) {
            result++;
        }
        return result;
    }

    /** Number of tokens before either answer that are the same in both. */
    private static int shared(TokenSequence chosen, TokenSequence rejected) {
        var most = Math.min(untrained(chosen), untrained(rejected));
        var different = Arrays.mismatch(chosen.ids(), 0, most, rejected.ids(), 0, most);
        return different < 0 ? most : different;
    }

    private static int[] rest(TokenSequence sequence, int from) {
        return Arrays.copyOfRange(sequence.ids(), from, sequence.length());
    }

    /** The trained spans; none if everything after the prompt is trained. */
    private static List<Span> spans(TokenSequence sequence, int prompt, int offset) {
        return sequence.equals(TokenSequence.of(sequence.ids(), prompt))
                ? List.of()
                : TrainedSpans.of(sequence.trained(), offset);
    }
}
