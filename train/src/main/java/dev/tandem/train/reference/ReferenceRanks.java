package dev.tandem.train.reference;

import dev.tandem.data.example.Example;
import dev.tandem.distributed.Collective;
import dev.tandem.objective.LogProbs;
import dev.tandem.train.policy.BalancedPartition;
import dev.tandem.train.policy.SequenceScorer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * How ranks compute the reference's log-probs together. Examples are in the model in the groups of one process, of which
 * each rank computes its share, so that a log-prob has the bits that one process gives it. The groups are processed in
 * order, in rounds. After each round all ranks know what was computed. So what the first rank has kept when it is killed is
 * a prefix, as it would be with one process.
 *
 * @param ranks all of them call the same methods with the same examples
 */
record ReferenceRanks(Collective ranks) {
    /** Groups of a rank in a round: enough for its replicas and for even shares. All ranks use the same number. */
    private static final int GROUPS = 8;

    /** Positions below {@code count} that the first rank gives, on all. */
    List<Integer> agreed(int count, Collection<Integer> positions) {
        var marks = new double[count];
        positions.forEach(position -> marks[position] = 1);
        var all = ranks.allReduce(marks);
        return IntStream.range(0, count).filter(i -> all[i] > 0).boxed().toList();
    }

    /**
     * The first rank's sums of examples, on all.
     *
     * @param sums of an example's sequences, by its position; asked on the first rank only
     */
    List<double[]> spread(List<Example> examples, IntFunction<double[]> sums) {
        var positions = IntStream.range(0, examples.size()).boxed().toList();
        return ranks.isRankZero()
                ? exchanged(
                        examples, positions, positions.stream().map(sums::apply).toList())
                : exchanged(examples, List.of(), List.of());
    }

    /**
     * Computes sums.
     *
     * @param groups of examples, each of which is in the model together
     * @param next receives the sums of the next examples' sequences, in order, on every rank
     */
    void compute(List<List<Example>> groups, SequenceScorer scorer, Consumer<List<double[]>> next) {
        if (ranks.size() == 1) {
            scorer.scoreGroups(groups, 0, some -> next.accept(sums(some)));
            return;
        }
        var atOnce = GROUPS * ranks.size();
        for (var from = 0; from < groups.size(); from += atOnce) {
            next.accept(round(groups.subList(from, Math.min(groups.size(), from + atOnce)), scorer));
        }
    }

    private List<double[]> round(List<List<Example>> groups, SequenceScorer scorer) {
        var own = share(groups);
        var sums = new ArrayList<double[]>();
        var passes = scorer.split() ? most(scorer.passes(own.size())) : 0;
        scorer.scoreGroups(own.stream().map(groups::get).toList(), passes, some -> sums.addAll(sums(some)));
        var examples = new ArrayList<Example>();
        var positions = new ArrayList<Integer>();
        for (var group = 0; group < groups.size(); group++) {
            for (var example : groups.get(group)) {
                if (own.contains(group)) {
                    positions.add(examples.size());
                }
                examples.add(example);
            }
        }
        return exchanged(examples, positions, sums);
    }

    /** The largest of all ranks' numbers: they may have different numbers of replicas. */
    private int most(int here) {
        var all = new double[ranks.size()];
        all[ranks.rank()] = here;
        return (int) Arrays.stream(ranks.allReduce(all)).max().orElse(here);
    }

    /** Numbers of the groups that this rank computes. */
    private List<Integer> share(List<List<Example>> groups) {
        var numbers = IntStream.range(0, groups.size()).boxed().toList();
        var shares = BalancedPartition.of(
                numbers,
                number -> groups.get(number).stream().mapToInt(Example::tokens).sum(),
                ranks.size());
        return ranks.rank() < shares.size() ? shares.get(ranks.rank()) : List.of();
    }

    private static List<double[]> sums(List<List<LogProbs>> groups) {
        return groups.stream()
                .flatMap(List::stream)
                .map(logProbs -> IntStream.range(0, logProbs.sequences())
                        .mapToDouble(logProbs::sum)
                        .toArray())
                .toList();
    }

    /**
     * Gathers what each rank has of some examples: a sum with zeros changes no bit.
     *
     * @param positions of the examples whose sums this rank has
     */
    private List<double[]> exchanged(List<Example> examples, List<Integer> positions, List<double[]> own) {
        var starts = new int[examples.size() + 1];
        for (var i = 0; i < examples.size(); i++) {
            starts[i + 1] = starts[i] + examples.get(i).sequences().size();
        }
        var all = new double[starts[examples.size()]];
        for (var i = 0; i < positions.size(); i++) {
            System.arraycopy(own.get(i), 0, all, starts[positions.get(i)], own.get(i).length);
        }
        var known = ranks.allReduce(all);
        return IntStream.range(0, examples.size())
                .mapToObj(i -> Arrays.copyOfRange(known, starts[i], starts[i + 1]))
                .toList();
    }
}
