package dev.tandem.data.check;

import dev.tandem.data.TextTokenizer;
import dev.tandem.data.TokenSequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A row as the model sees it.
 *
 * @param where the row
 * @param sequences one sequence, or chosen and rejected: each as stretches that are trained or not
 */
public record ShownExample(String where, List<List<Stretch>> sequences) {

    /**
     * Consecutive tokens that are all trained or all not.
     *
     * @param text the tokens' text, special tokens written out; without a tokenizer the ids
     * @param ids the tokens
     * @param trained whether they are trained
     */
    public record Stretch(String text, List<Integer> ids, boolean trained) {}

    static ShownExample of(String where, List<TokenSequence> sequences, Optional<TextTokenizer> tokenizer) {
        return new ShownExample(
                where, sequences.stream().map(s -> stretches(s, tokenizer)).toList());
    }

    private static List<Stretch> stretches(TokenSequence sequence, Optional<TextTokenizer> tokenizer) {
        var result = new ArrayList<Stretch>();
        for (var from = 0; from < sequence.length(); ) {
            var to = from + 1;
            while (to < sequence.length() && sequence.trained()[to] == sequence.trained()[from]) {
                to++;
            }
            var ids = Arrays.copyOfRange(sequence.ids(), from, to);
            result.add(
                    new Stretch(text(ids, tokenizer), IntStream.of(ids).boxed().toList(), sequence.trained()[from]));
            from = to;
        }
        return result;
    }

    private static String text(int[] ids, Optional<TextTokenizer> tokenizer) {
        return tokenizer
                .filter(t -> IntStream.of(ids).allMatch(id -> id < t.vocabSize()))
                .map(t -> t.decode(ids))
                .orElseGet(() -> IntStream.of(ids).mapToObj(String::valueOf).collect(Collectors.joining(" ")));
    }
}
