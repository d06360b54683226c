package dev.tandem.bench;

import dev.tandem.data.example.Example;
import dev.tandem.data.example.TokenSequence;
import dev.tandem.data.stream.BatchStream;
import dev.tandem.data.stream.StreamState;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Batches of synthetic examples of given lengths, repeated in the same order. */
public final class BenchExamples implements BatchStream {
    private final List<Example> examples;
    private final int batchSize;
    private long consumed;

    private BenchExamples(List<Example> examples, int batchSize) {
        this.examples = List.copyOf(examples);
        this.batchSize = batchSize;
    }

    /** Instructions of random tokens. */
    static BenchExamples sft(List<BenchLengths.Sft> lengths, int batchSize, int vocabSize, long seed) {
        var random = new SplittableRandom(seed);
        var examples = new ArrayList<Example>();
        for (var length : lengths) {
            var ids = ids(random, length.prompt() + length.response(), vocabSize);
            examples.add(new Example(examples.size(), List.of(TokenSequence.of(ids, length.prompt()))));
        }
        return new BenchExamples(examples, batchSize);
    }

    /** Pairs of random tokens; both responses follow the same prompt. */
    static BenchExamples pairs(List<BenchLengths.Pair> lengths, int batchSize, int vocabSize, long seed) {
        var random = new SplittableRandom(seed);
        var examples = new ArrayList<Example>();
        for (var length : lengths) {
            var prompt = ids(random, length.prompt(), vocabSize);
            examples.add(new Example(
                    examples.size(),
                    List.of(
                            continued(prompt, ids(random, length.chosen(), vocabSize)),
                            continued(prompt, ids(random, length.rejected(), vocabSize)))));
        }
        return new BenchExamples(examples, batchSize);
    }

    /** All examples, each once. */
    List<Example> all() {
        return examples;
    }

    /** These examples from the start. */
    BenchExamples again() {
        return new BenchExamples(examples, batchSize);
    }

    @Override
    public List<Example> peek() {
        var result = new ArrayList<Example>(batchSize);
        for (var i = 0; i < batchSize; i++) {
            result.add(examples.get((int) ((consumed + i) % examples.size())));
        }
        return result;
    }

    @Override
    public List<Example> take() {
        var result = peek();
        consumed += batchSize;
        return result;
    }

    @Override
    public StreamState state() {
        return new StreamState(consumed, List.of(consumed), 0);
    }

    @Override
    public void restore(StreamState state) {
        consumed = state.consumed();
    }

    private static int[] ids(SplittableRandom random, int count, int vocabSize) {
        var ids = new int[count];
        for (var i = 0; i < count; i++) {
            ids[i] = 1 + random.nextInt(vocabSize - 1);
        }
        return ids;
    }

    private static TokenSequence continued(int[] prompt, int[] response) {
        var ids = java.util.Arrays.copyOf(prompt, prompt.length + response.length);
        System.arraycopy(response, 0, ids, prompt.length, response.length);
        return TokenSequence.of(ids, prompt.length);
    }
}
