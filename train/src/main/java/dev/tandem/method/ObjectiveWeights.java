package dev.tandem.method;

import dev.tandem.UserException;
import dev.tandem.text.Suggestion;
import dev.tandem.yaml.Range;
import dev.tandem.yaml.Section;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Weights of objectives by name: none negative, their sum one. An objective of weight 0 is never stepped on.
 *
 * <p>Immutable; a point of the probability simplex. Recipes write them as {@code lambda}, the weight of the objective called
 * {@code preference} among two, or as {@code weights}, one for each.
 */
public final class ObjectiveWeights {
    /** The objective whose weight λ is. */
    public static final String PREFERENCE = "preference";

    static final String LAMBDA = "lambda";
    static final String WEIGHTS = "weights";

    /** Keys of recipes that say weights. */
    static final Set<String> KEYS = Set.of(LAMBDA, WEIGHTS);

    /** Weights written by hand, such as 0.333333 three times, need not sum to one to the last digit. */
    private static final double TOLERANCE = 1e-5;

    /** Sums closer to 1 than this are not normalised, so that λ and 1−λ keep their last bit. */
    private static final double ROUNDING = 1e-12;

    private final List<String> names;
    private final double[] values;

    private ObjectiveWeights(List<String> names, double[] values) {
        this.names = names;
        this.values = values;
    }

    /**
     * Weights of objectives. A sum that differs from 1 by at most 1e-5 is accepted, and the weights are divided by it.
     *
     * @param names of the objectives
     * @param values one for each, [objectives]
     * @return the weights, normalised
     * @throws UserException if there are none, one is not between 0 and 1, or their sum is not 1
     * @throws IllegalArgumentException if there are more or fewer weights than names
     */
    public static ObjectiveWeights of(List<String> names, double... values) {
        if (names.size() != values.length) {
            throw new IllegalArgumentException(values.length + " weights for the objectives " + names);
        }
        var sum = 0.0;
        for (var value : values) {
            if (!Range.UNIT.holds(value)) {
                throw new UserException("a weight is " + value + ", but every weight must be between 0 and 1");
            }
            sum += value;
        }
        if (!(Math.abs(sum - 1.0) <= TOLERANCE)) {
            throw new UserException("the weights of the objectives must sum to 1, but sum to " + sum);
        }
        var total = Math.abs(sum - 1.0) > ROUNDING ? sum : 1.0;
        return new ObjectiveWeights(
                List.copyOf(names),
                Arrays.stream(values).map(value -> value / total).toArray());
    }

    /** Weights of objectives whose names are their indices; otherwise as {@link #of(List, double...)}. */
    public static ObjectiveWeights of(double... values) {
        return of(IntStream.range(0, values.length).mapToObj(String::valueOf).toList(), values);
    }

    /**
     * λ for the objective called {@code preference} and 1−λ for the other.
     *
     * @param names two, one of them {@code preference}
     * @param lambda λ
     * @return the weights
     * @throws UserException if λ is not between 0 and 1
     * @throws IllegalArgumentException if the names are others
     */
    public static ObjectiveWeights ofPreference(List<String> names, double lambda) {
        if (!takesLambda(names)) {
            throw new IllegalArgumentException("no two objectives with one called preference: " + names);
        }
        var values = new double[] {1.0 - lambda, 1.0 - lambda};
        values[names.indexOf(PREFERENCE)] = lambda;
        return of(names, values);
    }

    /**
     * Reads {@code lambda} or {@code weights}.
     *
     * @param section of the recipe
     * @param names of its objectives, in order
     * @return the weights
     * @throws UserException if there is neither or both, or they do not fit the objectives, with file, line and key
     */
    public static ObjectiveWeights read(Section section, List<String> names) {
        var lambda = section.optional(LAMBDA, n -> section.number(LAMBDA, n, Range.UNIT));
        var example = "weights: {" + String.join(": …, ", names) + ": …}";
        if (lambda.isPresent() == section.has(WEIGHTS)) {
            throw section.problem(
                    LAMBDA,
                    lambda.isPresent()
                            ? "give lambda or weights, not both"
                            : "the method needs lambda, the weight of the objective 'preference', or " + example);
        }
        if (lambda.isPresent() && !takesLambda(names)) {
            throw section.problem(
                    LAMBDA,
                    "it is the weight of the objective called 'preference' among two. Give " + example + " instead");
        }
        return lambda.map(value -> ofPreference(names, value)).orElseGet(() -> byName(section, names));
    }

    private static ObjectiveWeights byName(Section section, List<String> names) {
        var weights = section.required(
                WEIGHTS, n -> section.map(WEIGHTS, n, value -> section.number(WEIGHTS, value, Range.UNIT)));
        if (!weights.keySet().equals(new HashSet<>(names))) {
            throw section.problem(WEIGHTS, "it must give every objective a weight: " + String.join(", ", names));
        }
        return section.checked(
                WEIGHTS,
                () -> of(
                        names,
                        names.stream()
                                .mapToDouble(name -> weights.getOrDefault(name, 0.0))
                                .toArray()));
    }

    private static boolean takesLambda(List<String> names) {
        return names.size() == 2 && names.contains(PREFERENCE);
    }

    /**
     * The weights as recipes write them: {@code lambda} where it determines all of them to the last bit, otherwise
     * {@code weights}.
     */
    public Map<String, Object> settings() {
        if (takesLambda(names)) {
            var preference = names.indexOf(PREFERENCE);
            if (values[1 - preference] == 1.0 - values[preference]) {
                return Map.of(LAMBDA, values[preference]);
            }
        }
        var weights = new LinkedHashMap<String, Double>();
        IntStream.range(0, values.length).forEach(i -> weights.put(names.get(i), values[i]));
        return Map.of(WEIGHTS, weights);
    }

    /**
     * These weights in another order of the objectives.
     *
     * @param order names of the objectives
     * @return the weights in that order
     * @throws UserException if the names are others
     */
    public ObjectiveWeights in(List<String> order) {
        if (order.equals(names)) {
            return this;
        }
        if (order.size() != names.size() || !new HashSet<>(order).equals(new HashSet<>(names))) {
            throw new UserException("the method has weights of " + Suggestion.list(names) + ", but the objectives are "
                    + Suggestion.list(order) + ": every objective needs one (0 leaves it out of training)");
        }
        return new ObjectiveWeights(
                List.copyOf(order), order.stream().mapToDouble(this::get).toArray());
    }

    /** Names of the objectives, in order. */
    public List<String> names() {
        return names;
    }

    /** Number of objectives. */
    public int size() {
        return values.length;
    }

    /** Weight of an objective by its index. */
    public double get(int objective) {
        return values[objective];
    }

    /**
     * Weight of an objective by its name.
     *
     * @throws IllegalArgumentException if there is no such objective
     */
    public double get(String name) {
        var index = names.indexOf(name);
        if (index < 0) {
            throw new IllegalArgumentException("no objective " + name + " among " + names);
        }
        return values[index];
    }

    /** Number of objectives of positive weight. */
    public int positive() {
        return (int) Arrays.stream(values).filter(value -> value > 0.0).count();
    }

    /** All weights, [objectives]. */
    public double[] values() {
        return values.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ObjectiveWeights weights
                && names.equals(weights.names)
                && Arrays.equals(values, weights.values);
    }

    @Override
    public int hashCode() {
        return 31 * names.hashCode() + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return names + " " + Arrays.toString(values);
    }
}
