package dev.tandem.objective;

import dev.tandem.UserException;
import dev.tandem.data.example.RowShape;
import dev.tandem.math.TokenStatistic;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Σ wᵢ·lossᵢ on the same batch: DPO with an NLL term, say. All losses learn from rows of one shape, but that among losses
 * on pairs one on single responses sees the chosen ones.
 *
 * <p>Statistics are those of the losses, unweighted, and the value of each, {@code <name>_loss}. One that several losses
 * have is called {@code <name>/<statistic>}.
 *
 * @param terms losses of different names, at least one
 */
public record WeightedLosses(List<Term> terms) implements Objective {
    /** The key of a loss of the list. */
    public static final String NAME = "name";

    /** The key of its weight. */
    public static final String WEIGHT = "weight";

    /**
     * A loss and its weight.
     *
     * @param weight above 0; weights need not sum to one
     * @param loss that is weighted
     */
    public record Term(double weight, LossRecipe loss) {

        /** @throws UserException if the weight is not a number above 0 */
        public Term {
            if (!(weight > 0.0) || Double.isInfinite(weight)) {
                throw new UserException(
                        "the weight of " + loss.name() + " is " + weight + ", but a number above 0 is expected");
            }
        }

        private Objective objective() {
            return loss.objective();
        }
    }

    /** @throws UserException if there is no term, two have the same name, or the shapes of their rows differ */
    public WeightedLosses {
        terms = List.copyOf(terms);
        var names = terms.stream().map(term -> term.loss().name()).toList();
        if (names.isEmpty() || names.stream().distinct().count() < names.size()) {
            throw new UserException("a sum needs losses of different names, but has " + names);
        }
        var shapes = shapes(terms);
        if (shapes.size() > 1 && !shapes.equals(Set.of(RowShape.RESPONSE, RowShape.PAIR))) {
            throw new UserException("the losses of a sum learn from the same rows, but " + String.join(", ", names)
                    + " learn from rows of different shapes: " + shapes);
        }
        if (withStatistic(terms).count() > (shapes.size() > 1 ? 0 : 1)) {
            throw new UserException(
                    "one loss of a sum may need a statistic of the whole batch, if all learn from rows of"
                            + " one shape, but the losses are " + String.join(", ", names));
        }
    }

    private static Set<RowShape> shapes(List<Term> terms) {
        return terms.stream().map(term -> term.objective().shape()).collect(Collectors.toSet());
    }

    @Override
    public RowShape shape() {
        var shapes = shapes(terms);
        return shapes.size() > 1 ? RowShape.PAIR : shapes.iterator().next();
    }

    @Override
    public boolean needsReference() {
        return terms.stream().anyMatch(term -> term.objective().needsReference());
    }

    @Override
    public Set<TokenStatistic> needs() {
        return terms.stream()
                .flatMap(term -> term.objective().needs().stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public OptionalInt statisticSequence() {
        return withStatistic(terms)
                .findFirst()
                .map(t -> t.objective().statisticSequence())
                .orElse(OptionalInt.empty());
    }

    @Override
    public double statistic(ScoredBatch part, BatchCounts batch) {
        return withStatistic(terms)
                .mapToDouble(term -> term.objective().statistic(seen(term, part), batch))
                .sum();
    }

    private static Stream<Term> withStatistic(List<Term> terms) {
        return terms.stream()
                .filter(term -> term.objective().statisticSequence().isPresent());
    }

    @Override
    public LossAndTokenGradients evaluate(ScoredBatch part, BatchCounts batch) {
        var gradients = new float[part.policy().values().length];
        var ofStatistics = new EnumMap<TokenStatistic, float[]>(TokenStatistic.class);
        var loss = 0.0;
        var results = new LinkedHashMap<String, LossAndTokenGradients>();
        for (var term : terms) {
            var first = shape() == RowShape.PAIR && term.objective().shape() == RowShape.RESPONSE;
            var seen = seen(term, first ? firsts(part) : part);
            var counts = first
                    ? new BatchCounts(batch.examples(), batch.trainedTokens().subList(0, 1))
                    : batch;
            var result = term.objective().evaluate(seen, counts);
            requireOneEach(term, result, seen.policy());
            loss += term.weight() * result.loss();
            add(gradients, part.policy(), term.weight(), result.tokenGradients(), first ? 2 : 1);
            result.statisticGradients().forEach((statistic, added) -> {
                var all = ofStatistics.computeIfAbsent(statistic, s -> new float[gradients.length]);
                add(all, part.policy(), term.weight(), added, first ? 2 : 1);
            });
            results.put(term.loss().name(), result);
        }
        return new LossAndTokenGradients(loss, gradients, statistics(results), ofStatistics);
    }

    /** The part that a term receives: without reference sums if it needs none. */
    private static ScoredBatch seen(Term term, ScoredBatch part) {
        return term.objective().needsReference()
                ? part
                : new ScoredBatch(part.policy(), new double[0], part.labels(), part.rewards(), part.statistic());
    }

    /** The first sequence of every pair. */
    private static ScoredBatch firsts(ScoredBatch part) {
        var sums = new double[part.referenceSums().length / 2];
        for (var i = 0; i < sums.length; i++) {
            sums[i] = part.referenceSums()[2 * i];
        }
        return new ScoredBatch(part.policy().firsts(), sums, part.labels(), part.rewards(), part.statistic());
    }

    /**
     * Adds a weighted gradient.
     *
     * @param added of the tokens of every {@code every}-th sequence
     */
    private static void add(float[] gradients, LogProbs policy, double weight, float[] added, int every) {
        var next = 0;
        for (var sequence = 0; sequence < policy.sequences(); sequence += every) {
            for (var i = policy.offsets()[sequence]; i < policy.offsets()[sequence + 1]; i++) {
                gradients[i] += (float) (weight * added[next++]);
            }
        }
    }

    private static void requireOneEach(Term term, LossAndTokenGradients result, LogProbs policy) {
        if (result.tokenGradients().length != policy.values().length) {
            throw new IllegalStateException("loss " + term.loss().name() + ": " + result.tokenGradients().length
                    + " weights for " + policy.values().length + " trained tokens; one for each was expected");
        }
    }

    private static Map<String, Double> statistics(Map<String, LossAndTokenGradients> results) {
        var times = new HashMap<String, Integer>();
        results.values()
                .forEach(result -> result.statistics().keySet().forEach(name -> times.merge(name, 1, Integer::sum)));
        var all = new TreeMap<String, Double>();
        results.forEach((loss, result) -> {
            all.put(loss + "_loss", result.loss());
            result.statistics()
                    .forEach((name, value) ->
                            all.put(times.getOrDefault(name, 0) > 1 ? loss + "/" + name : name, value));
        });
        return all;
    }

    /** The terms as a recipe holds them. */
    List<Map<String, Object>> written() {
        return terms.stream().map(WeightedLosses::written).toList();
    }

    private static Map<String, Object> written(Term term) {
        var map = new LinkedHashMap<String, Object>();
        map.put(NAME, term.loss().name());
        map.put(WEIGHT, term.weight());
        map.putAll(term.loss().settings());
        return map;
    }
}
