package dev.tandem.experiment.compare;

import dev.tandem.method.MethodRecipe;
import dev.tandem.method.stage.SingleObjective;
import dev.tandem.recipe.ComparedMethod;
import java.util.Locale;
import java.util.Optional;

/**
 * One run of a comparison.
 *
 * @param name unique among the comparison's runs; its folder has it too
 * @param role what it is for
 * @param kind what it is in tables: {@code reference}, {@code optimum-…}, or the method's name
 * @param lambda weight of the preference objective; absent for the reference and the optima
 * @param seed of all its randomness
 * @param steps optimizer steps
 * @param method how objectives are scheduled
 */
public record ComparisonRun(
        String name, Role role, String kind, Optional<Double> lambda, long seed, int steps, MethodRecipe method) {
    /** Name and kind of the run that trains the reference policy. */
    static final String REFERENCE = "reference";

    /** The purpose of a run. Runs of an earlier role here are done before those of a later one. */
    public enum Role {
        /** Makes the reference policy. */
        REFERENCE,
        /** Measures the f* of an objective. */
        OPTIMUM,
        /** Is compared. */
        METHOD
    }

    static ComparisonRun reference(String objective, long seed, int steps) {
        return new ComparisonRun(
                REFERENCE,
                Role.REFERENCE,
                REFERENCE,
                Optional.empty(),
                seed,
                steps,
                new SingleObjective.Settings(objective));
    }

    static ComparisonRun optimum(String objective, long seed, int steps) {
        var name = "optimum-" + objective;
        return new ComparisonRun(
                name, Role.OPTIMUM, name, Optional.empty(), seed, steps, new SingleObjective.Settings(objective));
    }

    static ComparisonRun method(ComparedMethod method, double lambda, long seed, int steps) {
        var name = String.format(Locale.ROOT, "%s-%s-seed%d", method.name(), number(lambda), seed);
        return new ComparisonRun(name, Role.METHOD, method.name(), Optional.of(lambda), seed, steps, method.at(lambda));
    }

    /** A method and its λ, as tables show it. */
    public String label() {
        return lambda.map(l -> kind + " λ=" + number(l)).orElse(kind);
    }

    private static String number(double lambda) {
        return java.math.BigDecimal.valueOf(lambda).stripTrailingZeros().toPlainString();
    }
}
