package dev.tandem.data.load;

import dev.tandem.UserException;
import dev.tandem.data.Batching;
import dev.tandem.data.example.Example;
import dev.tandem.data.example.SequenceHash;
import dev.tandem.data.example.StoredSequences;
import dev.tandem.data.example.TokenSequence;
import dev.tandem.data.format.DataRecipe;
import dev.tandem.data.format.Mismatched;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Gives labelled examples their second sequence: the prompt with the response of another example. It is fixed when the data
 * is loaded, so that its reference log-probs are data of the example, computed once.
 *
 * @param objective name of the objective that the examples belong to
 * @param recipe which examples exchange responses, and how long a sequence may be
 * @param seed seed of the order of {@link Mismatched#DATASET}
 */
record MismatchedResponses(String objective, DataRecipe recipe, long seed) {

    /**
     * Completes examples.
     *
     * @param examples of one sequence each
     * @param others the first of these lends its response to an example that is alone
     * @return the examples with two sequences each
     * @throws UserException if there is one example, and no other
     */
    List<Example> complete(List<Example> examples, List<Example> others) {
        var partners = partners(examples.size());
        var result = new ArrayList<Example>();
        for (var i = 0; i < examples.size(); i++) {
            var own = examples.get(i);
            var partner = examples.size() > 1 ? examples.get(partners[i]) : another(own, others);
            var sequences = new Sequences(own.sequences(), partner.sequences(), recipe.maxLength());
            result.add(new Example(own.index(), sequences, own.label()));
        }
        return result;
    }

    private Example another(Example own, List<Example> others) {
        return others.stream()
                .filter(other -> other.index() != own.index())
                .findFirst()
                .orElseThrow(
                        () -> new UserException("Objective '" + objective + "' has one labelled row, but needs two or"
                                + " more: each prompt is scored with the response of another row as well."));
    }

    /** For each of {@code count} examples, the index of the one whose response it takes. */
    private int[] partners(int count) {
        return recipe.batching() instanceof Batching.Examples batch
                        && recipe.mismatched()
                                .filter(m -> m == Mismatched.BATCH)
                                .isPresent()
                ? rotated(count, batch.size())
                : successors(count);
    }

    /** Cuts into parts of {@code size}; a last part of a single example is joined to the part before it. */
    private static int[] rotated(int count, int size) {
        var result = new int[count];
        for (var from = 0; from < count; ) {
            var to = Math.min(count, from + Math.max(2, size));
            to = count - to == 1 ? count : to;
            for (var i = from; i < to; i++) {
                result[i] = i == from ? to - 1 : i - 1;
            }
            from = to;
        }
        return result;
    }

    /** A cycle through all examples, so that none is its own partner. */
    private int[] successors(int count) {
        var order = new int[count];
        Arrays.setAll(order, i -> i);
        var random = new SplittableRandom(seed);
        for (var i = count - 1; i > 0; i--) {
            var j = random.nextInt(i + 1);
            var swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        var result = new int[count];
        for (var i = 0; i < count; i++) {
            result[order[i]] = order[(i + 1) % count];
        }
        return result;
    }

    /** An example's own sequence, and the mismatched one, which is assembled on each access. */
    private static final class Sequences extends AbstractList<TokenSequence> implements StoredSequences {
        private final List<TokenSequence> own;
        private final List<TokenSequence> other;
        /** Number of tokens before the response, in the example's own sequence and in the other one. */
        private final int[] prompts;

        private final int[] lengths;
        private final int trainedTokens;

        Sequences(List<TokenSequence> own, List<TokenSequence> other, int maxLength) {
            this.own = own;
            this.other = other;
            var first = own.get(0);
            var second = other.get(0);
            prompts = new int[] {prompt(first), prompt(second)};
            var length = Math.min(maxLength, prompts[0] + second.length() - prompts[1]);
            lengths = new int[] {first.length(), length};
            trainedTokens = first.trainedTokens() + mismatched().trainedTokens();
        }

        private static int prompt(TokenSequence sequence) {
            var result = 0;
            while (result < sequence.length() && !sequence.trained()[result]) {
                result++;
            }
            return result;
        }

        @Override
        public int size() {
            return 2;
        }

        @Override
        public TokenSequence get(int sequence) {
            return sequence == 0 ? own.get(0) : mismatched();
        }

        private TokenSequence mismatched() {
            var first = own.get(0);
            var second = other.get(0);
            var ids = Arrays.copyOf(first.ids(), lengths[1]);
            var trained = Arrays.copyOf(first.trained(), lengths[1]);
            var count = lengths[1] - prompts[0];
            System.arraycopy(second.ids(), prompts[1], ids, prompts[0], count);
            System.arraycopy(second.trained(), prompts[1], trained, prompts[0], count);
            return new TokenSequence(ids, trained);
        }

        @Override
        public int[] lengths() {
            return lengths.clone();
        }

        @Override
        public int trainedTokens() {
            return trainedTokens;
        }

        @Override
        public long hash() {
            return SequenceHash.of(this);
        }
    }
}
