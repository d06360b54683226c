package dev.tandem.experiment.compare;

import dev.tandem.UserException;
import dev.tandem.experiment.compare.ComparisonRun.Role;
import dev.tandem.recipe.ComparisonRecipe;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The runs of a comparison in the order they are done: the reference policy, both optima, then every method with every λ
 * and seed.
 *
 * @param runs all of them
 */
public record ComparisonPlan(List<ComparisonRun> runs) {
    public ComparisonPlan {
        runs = List.copyOf(runs);
    }

    /** The plan of a recipe. */
    public static ComparisonPlan of(ComparisonRecipe recipe) {
        var runs = new ArrayList<ComparisonRun>();
        var seed = recipe.seeds().get(0);
        recipe.referenceObjective()
                .ifPresent(objective -> runs.add(ComparisonRun.reference(
                        objective, seed, recipe.reference().steps())));
        recipe.base()
                .objectives()
                .keySet()
                .forEach(objective -> runs.add(ComparisonRun.optimum(objective, seed, recipe.optimumSteps())));
        var steps = recipe.base().train().steps();
        for (var s : recipe.seeds()) {
            for (var lambda : recipe.lambdas()) {
                for (var method : recipe.methods()) {
                    runs.add(ComparisonRun.method(method, lambda, s, steps));
                }
            }
        }
        return new ComparisonPlan(runs);
    }

    /** Runs of a role. */
    public List<ComparisonRun> of(Role role) {
        return runs.stream().filter(run -> run.role() == role).toList();
    }

    /** Optimizer steps of all runs. */
    public long steps() {
        return runs.stream().mapToLong(ComparisonRun::steps).sum();
    }

    /**
     * Only the method runs whose name or method matches one of the patterns; what they need comes with them.
     *
     * @param patterns with {@code *} and {@code ?}; none: all runs
     * @throws UserException if a pattern matches no run
     */
    public ComparisonPlan only(List<String> patterns) {
        if (patterns.isEmpty()) {
            return this;
        }
        for (var pattern : patterns) {
            if (runs.stream().noneMatch(run -> matches(run, pattern))) {
                throw new UserException("--only " + pattern + ": there is no run of this name. The runs are: "
                        + String.join(
                                ", ", runs.stream().map(ComparisonRun::name).toList()));
            }
        }
        return new ComparisonPlan(runs.stream()
                .filter(run -> run.role() != Role.METHOD || patterns.stream().anyMatch(p -> matches(run, p)))
                .toList());
    }

    private static boolean matches(ComparisonRun run, String pattern) {
        try {
            var matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
            return matcher.matches(Path.of(run.name())) || matcher.matches(Path.of(run.kind()));
        } catch (java.util.regex.PatternSyntaxException e) {
            throw new UserException("--only " + pattern + ": not a pattern: " + e.getDescription(), e);
        }
    }
}
