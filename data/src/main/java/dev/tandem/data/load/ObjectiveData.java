package dev.tandem.data.load;

import dev.tandem.UserException;
import dev.tandem.data.Batching;
import dev.tandem.data.cache.TokenizationContext;
import dev.tandem.data.example.Example;
import dev.tandem.data.format.DataRecipe;
import dev.tandem.data.source.RowOrigin;
import dev.tandem.data.stream.BatchStream;
import dev.tandem.data.stream.FixedSizeBatches;
import dev.tandem.data.stream.ShuffledStream;
import dev.tandem.data.stream.TokenBudgetBatches;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The data of one objective: training examples by source, a fixed evaluation set, and an account of every row. */
public final class ObjectiveData {
    private final List<List<Example>> sources;
    private final List<Example> evaluation;
    private final List<RowOrigin> evaluationOrigins;
    private final double[] weights;
    private final Batching batching;
    private final boolean shuffle;
    private final long seed;
    private final DataReport report;

    ObjectiveData(
            List<List<Example>> sources,
            List<Example> evaluation,
            List<RowOrigin> evaluationOrigins,
            double[] weights,
            Batching batching,
            boolean shuffle,
            long seed,
            DataReport report) {
        this.sources = sources;
        this.evaluation = List.copyOf(evaluation);
        this.evaluationOrigins = List.copyOf(evaluationOrigins);
        this.weights = weights;
        this.batching = batching;
        this.shuffle = shuffle;
        this.seed = seed;
        this.report = report;
    }

    /**
     * Reads, encodes and splits an objective's files.
     *
     * <p>Without evaluation files a fraction of every source is held out; the seed alone decides which rows. Limits
     * apply to rows that are kept, in the files' order.
     *
     * @param name the objective's name
     * @param encoding the model's tokenizer and vocabulary, and the folder of tokenised files
     * @param seed seed of the held-out rows and the streams
     * @param messages receives problems that do not stop the run, such as a damaged cache, in the files' order
     * @throws UserException if a file, a row or the tokenizer is unusable, or nothing is left to train on
     */
    public static ObjectiveData load(
            String name, DataRecipe recipe, TokenizationContext encoding, long seed, Consumer<String> messages) {
        return new ObjectiveLoader(name, recipe, encoding, seed, messages).load();
    }

    /** All training examples; their indices count from 0. */
    public List<Example> training() {
        return sources.stream().flatMap(List::stream).toList();
    }

    /** The fixed evaluation set; its indices continue after those of the training examples. */
    public List<Example> evaluation() {
        return evaluation;
    }

    /** Where the examples of the evaluation set come from, in its order. */
    public List<RowOrigin> evaluationOrigins() {
        return evaluationOrigins;
    }

    /** A new stream of batches of the training examples, at its beginning. */
    public BatchStream stream() {
        return batches(sources, weights, shuffle, seed);
    }

    private BatchStream batches(List<List<Example>> from, double[] shares, boolean shuffled, long order) {
        var draws = new ShuffledStream(from, shares, shuffled, order);
        if (batching instanceof Batching.Tokens tokens) {
            return new TokenBudgetBatches(draws, tokens.tokens(), tokens.window(), shuffled, order);
        }
        return new FixedSizeBatches(draws, ((Batching.Examples) batching).size());
    }

    /**
     * Creates a stream of such batches for probing, shuffled in its own order, at its beginning.
     *
     * @param among examples to draw from, at least one; blended like the data
     * @param ownSeed seed of the order
     */
    public BatchStream probes(List<Example> among, long ownSeed) {
        var wanted = among.stream().map(Example::index).collect(Collectors.toSet());
        var kept = new ArrayList<List<Example>>();
        var keptWeights = new ArrayList<Double>();
        for (var i = 0; i < weights.length; i++) {
            var some = sources.get(i).stream()
                    .filter(e -> wanted.contains(e.index()))
                    .toList();
            if (!some.isEmpty()) {
                kept.add(some);
                keptWeights.add(weights[i]);
            }
        }
        var sum = keptWeights.stream().mapToDouble(w -> w).sum();
        return batches(kept, keptWeights.stream().mapToDouble(w -> w / sum).toArray(), true, ownSeed);
    }

    /** Counts of what was read, kept, truncated and dropped. */
    public DataReport report() {
        return report;
    }
}
