package dev.tandem.model.batch;

import dev.tandem.data.example.Example;
import dev.tandem.data.example.TokenSequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * Sequences laid end to end without padding, and which hidden states predict which trained tokens. The two answers of a
 * pair may share their prompt, which is then stored once.
 *
 * <p>A sequence's last trained token and the tokens after it are left out, because no prediction reads them.
 *
 * @param ids token ids, {@code [tokens]}
 * @param positions position of each token in its sequence, {@code [tokens]}
 * @param spans stretches of rows in which each sees those before it, end to end
 * @param predictors rows of the hidden states that predict trained tokens, {@code [trained tokens]}
 * @param targets the trained tokens, {@code [trained tokens]}
 * @param targetStarts where each sequence's trained tokens start, {@code [sequences + 1]}
 */
public record PackedSequences(
        int[] ids, int[] positions, List<Span> spans, int[] predictors, int[] targets, int[] targetStarts) {
    public PackedSequences {
        spans = List.copyOf(spans);
    }

    /**
     * Rows of one sequence: each sees those before it, and all rows of a prefix at an earlier position.
     *
     * @param from first row
     * @param length number of rows
     * @param prefixFrom first row of the prefix
     * @param prefix number of rows of the prefix; 0: the sequence is whole
     */
    public record Span(int from, int length, int prefixFrom, int prefix) {
        static Span whole(int from, int length) {
            return new Span(from, length, 0, 0);
        }
    }

    /** Packs sequences in order. A sequence without a trained token contributes nothing but an empty range. */
    public static PackedSequences of(List<TokenSequence> sequences) {
        var packing = new Packing();
        sequences.forEach(packing::sequence);
        return packing.done();
    }

    /**
     * Packs examples in order.
     *
     * @param shares decides for which pairs the prompt is stored once
     */
    public static PackedSequences of(List<Example> examples, Predicate<Example> shares) {
        var packing = new Packing();
        for (var example : examples) {
            if (example.sequences().size() == 2 && shares.test(example)) {
                packing.pair(example.sequences().get(0), example.sequences().get(1), SharedPrompt.length(example));
            } else {
                example.sequences().forEach(packing::sequence);
            }
        }
        return packing.done();
    }

    /** Packs one whole sequence with nothing to predict, for generation. */
    public static PackedSequences prompt(int[] ids) {
        var positions = new int[ids.length];
        Arrays.setAll(positions, i -> i);
        var span = List.of(Span.whole(0, ids.length));
        return new PackedSequences(ids, positions, span, new int[0], new int[0], new int[] {0, 0});
    }

    /** Number of sequences. */
    public int sequences() {
        return targetStarts.length - 1;
    }

    /** Number of tokens that the model reads. */
    public int tokens() {
        return ids.length;
    }

    /** Rows as they are laid out. */
    private static final class Packing {
        private final Ints ids = new Ints();
        private final Ints positions = new Ints();
        private final List<Span> spans = new ArrayList<>();
        private final Ints predictors = new Ints();
        private final Ints targets = new Ints();
        private final Ints targetStarts = new Ints();

        Packing() {
            targetStarts.add(0);
        }

        void sequence(TokenSequence sequence) {
            var from = ids.size();
            rows(sequence, 0, 0);
            if (ids.size() > from) {
                spans.add(Span.whole(from, ids.size() - from));
            }
        }

        void pair(TokenSequence chosen, TokenSequence rejected, int prompt) {
            var prefixFrom = ids.size();
            sequence(chosen);
            var from = ids.size();
            rows(rejected, prompt, from - prefixFrom - prompt);
            if (ids.size() > from) {
                spans.add(new Span(from, ids.size() - from, prefixFrom, prompt));
            }
        }

        /**
         * Lays out a sequence from token {@code skip} on. The tokens before it are already laid out, {@code gap} rows
         * before the positions they would have.
         */
        private void rows(TokenSequence sequence, int skip, int gap) {
            var length = lastTrained(sequence);
            var start = ids.size() - skip;
            for (var i = skip; i < length; i++) {
                ids.add(sequence.ids()[i]);
                positions.add(i);
            }
            for (var i = 1; i <= length; i++) {
                if (sequence.trained()[i]) {
                    // the first token of a second answer is predicted by the end of the shared prompt
                    predictors.add(start + i - 1 - (i - 1 < skip ? gap : 0));
                    targets.add(sequence.ids()[i]);
                }
            }
            targetStarts.add(targets.size());
        }

        PackedSequences done() {
            return new PackedSequences(
                    ids.toArray(),
                    positions.toArray(),
                    spans,
                    predictors.toArray(),
                    targets.toArray(),
                    targetStarts.toArray());
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

    /** A growing array. */
    private static final class Ints {
        private int[] values = new int[64];
        private int size;

        void add(int value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, 2 * size);
            }
            values[size++] = value;
        }

        int size() {
            return size;
        }

        int[] toArray() {
            return Arrays.copyOf(values, size);
        }
    }
}
