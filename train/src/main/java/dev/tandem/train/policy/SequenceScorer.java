package dev.tandem.train.policy;

import dev.tandem.data.example.Example;
import dev.tandem.model.CausalLm;
import dev.tandem.objective.LogProbs;
import dev.tandem.tensor.parallel.ReplicaThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** Log-probs of examples under a model, without a gradient, as many at a time as a token budget allows. */
public final class SequenceScorer {
    private static final int TOKEN_BUDGET = 2048;

    private final ReplicaThreads threads;
    private final Pass pass;
    private final boolean split;
    private final List<CausalLm> models = new ArrayList<>();

    /** How groups are passed through the model simultaneously, group i on replica i; there may be none. */
    interface Pass {
        List<List<LogProbs>> score(List<List<Example>> groups, ReplicaThreads.Work<List<Example>, List<LogProbs>> work);
    }

    /**
     * A scorer over a model, with the adapter that is switched on now.
     *
     * @param threads to compute on
     */
    public SequenceScorer(CausalLm model, ReplicaThreads threads) {
        this.threads = threads;
        this.pass = threads::map;
        this.split = false;
        models.add(model);
        while (models.size() < threads.count()) {
            models.add(model.replica());
        }
    }

    /**
     * A scorer over a model whose parameters ranks split: all must score at the same time, in as many passes.
     *
     * @param models one for each replica
     * @param pass in which all ranks take part
     */
    SequenceScorer(List<CausalLm> models, ReplicaThreads threads, Pass pass) {
        this.threads = threads;
        this.pass = pass;
        this.split = true;
        this.models.addAll(models);
    }

    /** Whether all ranks must score at the same time, in as many passes. */
    public boolean split() {
        return split;
    }

    /** Passes that a number of groups takes here. */
    public int passes(int groups) {
        return (groups + threads.count() - 1) / threads.count();
    }

    /**
     * Log-probs of every example's trained tokens.
     *
     * @param examples in any order
     * @param progress receives how many examples are done
     * @return for each example, the log-probs of its sequences
     */
    public List<LogProbs> score(List<Example> examples, LongConsumer progress) {
        var result = new ArrayList<LogProbs>(examples.size());
        scoreInRounds(examples, round -> {
            result.addAll(round);
            progress.accept(result.size());
        });
        return result;
    }

    /**
     * Log-probs of every example's trained tokens, handed over as they are computed.
     *
     * <p>Which examples are in the model together depends on the order of all, and the last bits of a log-prob may depend
     * on the other examples.
     *
     * @param examples in any order
     * @param next receives the log-probs of the next examples, in order
     */
    void scoreInRounds(List<Example> examples, Consumer<List<LogProbs>> next) {
        scoreGroups(
                groups(examples),
                0,
                round -> next.accept(round.stream().flatMap(List::stream).toList()));
    }

    /**
     * Log-probs of groups of examples, each of which is in the model by itself.
     *
     * @param passes to participate in, if the groups take fewer
     * @param next receives the log-probs of the next groups, in order
     */
    public void scoreGroups(List<List<Example>> groups, int passes, Consumer<List<List<LogProbs>>> next) {
        var count = threads.count();
        for (var i = 0; i < Math.max(passes, passes(groups.size())); i++) {
            var from = Math.min(groups.size(), i * count);
            var round = groups.subList(from, Math.min(groups.size(), from + count));
            next.accept(pass.score(round, (replica, group) -> score(models.get(replica), group)));
        }
    }

    private static List<LogProbs> score(CausalLm model, List<Example> group) {
        var packed = model.pack(group);
        var all = new LogProbs(model.logProbs(packed), packed.targetStarts());
        var result = new ArrayList<LogProbs>();
        var sequence = 0;
        for (var example : group) {
            result.add(all.slice(sequence, example.sequences().size()));
            sequence += example.sequences().size();
        }
        return result;
    }

    /** Examples that are in the model together: as many as follow each other within the budget. */
    public static List<List<Example>> groups(List<Example> examples) {
        var groups = new ArrayList<List<Example>>();
        var group = new ArrayList<Example>();
        var tokens = 0;
        for (var example : examples) {
            if (!group.isEmpty() && tokens + example.tokens() > TOKEN_BUDGET) {
                groups.add(List.copyOf(group));
                group.clear();
                tokens = 0;
            }
            group.add(example);
            tokens += example.tokens();
        }
        if (!group.isEmpty()) {
            groups.add(List.copyOf(group));
        }
        return groups;
    }
}
