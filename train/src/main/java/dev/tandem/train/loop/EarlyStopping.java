package dev.tandem.train.loop;

import dev.tandem.UserException;
import dev.tandem.math.ParetoFront;
import dev.tandem.recipe.TrainRecipe;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * When a run may end before its last step, checked at every evaluation: the optimality gap of any objective is at most
 * ε, or the evaluation losses dominate a point of a reference Pareto front.
 */
public final class EarlyStopping {
    private final List<String> names;
    private final List<OptionalDouble> optima;
    private final OptionalDouble gap;
    private final ParetoFront front;

    /**
     * @param names names of the objectives
     * @param optima f* of every objective; absent: unknown, and the loss itself is compared with ε
     * @param gap ε; absent: gaps do not end a run
     * @param front reference front; empty: no front ends a run
     * @throws UserException if ε is negative or not a number, or the front's points do not have one loss per objective
     * @throws IllegalArgumentException if names and optima differ in length
     */
    public EarlyStopping(List<String> names, List<OptionalDouble> optima, OptionalDouble gap, ParetoFront front) {
        this.names = List.copyOf(names);
        this.optima = List.copyOf(optima);
        this.gap = gap;
        this.front = front;
        if (names.size() != optima.size()) {
            throw new IllegalArgumentException(names.size() + " names with " + optima.size() + " optima");
        }
        if (gap.isPresent() && !(gap.getAsDouble() >= 0.0)) {
            throw new UserException(
                    "train.early-stop.gap is " + gap.getAsDouble() + ", but a gap to stop at must be 0 or more");
        }
        for (var point : front.points()) {
            if (point.size() != names.size()) {
                throw new UserException("train.early-stop.front has the point " + point + ", but the recipe has "
                        + names.size() + " objectives: give one loss for each");
            }
        }
    }

    /**
     * The rule of a recipe; without an {@code early-stop} nothing ends a run.
     *
     * @throws UserException as the constructor
     */
    public static EarlyStopping of(
            Optional<TrainRecipe.EarlyStop> recipe, List<String> names, List<OptionalDouble> optima) {
        var gap = recipe.map(TrainRecipe.EarlyStop::gap).orElse(OptionalDouble.empty());
        var front = new ParetoFront(recipe.map(TrainRecipe.EarlyStop::front).orElse(List.of()));
        return new EarlyStopping(names, optima, gap, front);
    }

    /** A note if losses are compared with ε in place of gaps. */
    public Optional<String> note() {
        var unknown = IntStream.range(0, names.size())
                .filter(i -> optima.get(i).isEmpty())
                .mapToObj(names::get)
                .toList();
        return gap.isPresent() && !unknown.isEmpty()
                ? Optional.of("Note: train.early-stop.gap compares gaps, but these objectives have no optimum: "
                        + String.join(", ", unknown) + ". Their losses themselves are compared with it.")
                : Optional.empty();
    }

    /**
     * Why the run may end now, as a sentence for its summary; empty if it continues.
     *
     * @param losses evaluation loss of every objective
     */
    public Optional<String> reason(List<Double> losses) {
        for (var i = 0; gap.isPresent() && i < optima.size(); i++) {
            var reached = losses.get(i) - optima.get(i).orElse(0.0);
            if (reached <= gap.getAsDouble()) {
                return Optional.of(String.format(
                        Locale.ROOT,
                        "the optimality gap of %s is %.6g, at or below %.6g",
                        names.get(i),
                        reached,
                        gap.getAsDouble()));
            }
        }
        return front.pointDominatedBy(losses)
                .map(point -> "the losses " + losses + " dominate the point " + point + " of the reference front");
    }
}
