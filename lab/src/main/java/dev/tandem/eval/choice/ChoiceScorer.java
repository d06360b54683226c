package dev.tandem.eval.choice;

import dev.tandem.data.example.Example;
import dev.tandem.data.example.TokenSequence;
import dev.tandem.model.attention.KeyValueCache;
import dev.tandem.model.generation.TextModel;
import dev.tandem.tensor.parallel.ReplicaThreads;
import dev.tandem.train.policy.SequenceScorer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Log-probs of the choices after a prompt. Choices of one token each, such as letters, take one forward pass, which does
 * not recompute the tokens that the prompt shares with the one before. Others are computed as whole sequences.
 */
final class ChoiceScorer implements AutoCloseable {
    private final TextModel model;
    private final ReplicaThreads threads =
            new ReplicaThreads(1, Runtime.getRuntime().availableProcessors());
    private final SequenceScorer sequences;
    private final KeyValueCache cache;

    /** Tokens whose keys and values are kept. */
    private int[] read = new int[0];

    ChoiceScorer(TextModel model) {
        this.model = model;
        this.sequences = new SequenceScorer(model.model(), threads);
        this.cache = model.model().newCache(1);
        cache.add();
    }

    /**
     * How good the choices are.
     *
     * @param sums log-prob of each, summed over its tokens
     * @param perToken log-prob of each, divided by its tokens
     */
    record Scores(double[] sums, double[] perToken) {}

    /**
     * @param prompt token ids, at least one
     * @param choices token ids of each, at least one
     */
    Scores score(int[] prompt, List<int[]> choices) {
        var sums = choices.stream().allMatch(choice -> choice.length == 1)
                ? single(prompt, choices)
                : whole(prompt, choices);
        var perToken = new double[sums.length];
        Arrays.setAll(perToken, i -> sums[i] / choices.get(i).length);
        return new Scores(sums, perToken);
    }

    private double[] single(int[] prompt, List<int[]> choices) {
        var mismatch = Arrays.mismatch(read, prompt);
        // the last token is read again: its logits are needed
        var common = Math.min(mismatch < 0 ? prompt.length : mismatch, prompt.length - 1);
        cache.truncate(0, common);
        var rest = Arrays.copyOfRange(prompt, common, prompt.length);
        var logits = model.model().next(cache, new int[] {0}, List.of(rest))[0];
        read = prompt.clone();
        var largest = IntStream.range(0, logits.length)
                .mapToDouble(i -> logits[i])
                .max()
                .orElseThrow();
        var sum = IntStream.range(0, logits.length)
                .mapToDouble(i -> Math.exp(logits[i] - largest))
                .sum();
        return choices.stream()
                .mapToDouble(choice -> logits[choice[0]] - largest - Math.log(sum))
                .toArray();
    }

    private double[] whole(int[] prompt, List<int[]> choices) {
        var examples = IntStream.range(0, choices.size())
                .mapToObj(i -> new Example(i, List.of(TokenSequence.of(joined(prompt, choices.get(i)), prompt.length))))
                .toList();
        return sequences.score(examples, done -> {}).stream()
                .mapToDouble(logProbs -> logProbs.sum(0))
                .toArray();
    }

    private static int[] joined(int[] prompt, int[] choice) {
        return IntStream.concat(IntStream.of(prompt), IntStream.of(choice)).toArray();
    }

    @Override
    public void close() {
        cache.close();
        threads.close();
    }
}
