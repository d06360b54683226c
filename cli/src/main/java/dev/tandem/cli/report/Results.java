package dev.tandem.cli.report;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * The content of {@code results.json}.
 *
 * @param objectives names of the two objectives: the one across, the one up
 * @param optima what each objective reaches alone
 * @param json the whole file, for the page
 */
record Results(
        String title,
        List<String> objectives,
        Map<String, Double> optima,
        List<Run> runs,
        List<Group> groups,
        JsonNode json) {

    /**
     * A run.
     *
     * @param lambda weight of the second objective; NaN for runs without
     * @param folder where it is, relative to the comparison's folder
     */
    record Run(String name, String method, double lambda, long seed, String folder) {}

    /**
     * The runs of one method and λ with different seeds.
     *
     * @param values mean and deviation by the name of what was measured
     */
    record Group(String method, double lambda, Map<String, Spread> values) {
        /** The mean of a measure; NaN where it was not measured. */
        double mean(String measure) {
            return values.getOrDefault(measure, Spread.UNKNOWN).mean();
        }

        double deviation(String measure) {
            return values.getOrDefault(measure, Spread.UNKNOWN).deviation();
        }
    }

    /** A mean over seeds and the deviation from it; NaN where unknown. */
    record Spread(double mean, double deviation) {
        static final Spread UNKNOWN = new Spread(Double.NaN, Double.NaN);
    }

    /** Methods by name, in the order they appear. */
    List<String> methods() {
        return Stream.concat(runs.stream().map(Run::method), groups.stream().map(Group::method))
                .distinct()
                .toList();
    }

    double optimum(int objective) {
        return optima.getOrDefault(objectives.get(objective), 0.0);
    }

    /** The λ that a single picture shows: the one nearest to one half. */
    OptionalDouble middleLambda() {
        return runs.stream()
                .mapToDouble(Run::lambda)
                .filter(Double::isFinite)
                .boxed()
                .min(Comparator.comparingDouble((Double lambda) -> Math.abs(lambda - 0.5))
                        .thenComparingDouble(lambda -> lambda))
                .stream()
                .mapToDouble(lambda -> lambda)
                .findFirst();
    }

    /** The methods' groups of the λ that a single picture shows, in the order of the methods. */
    List<Group> middleGroups() {
        var lambda = middleLambda().orElse(Double.NaN);
        return groups.stream()
                .filter(group -> group.lambda() == lambda && MethodStyle.isMethod(group.method()))
                .sorted(Comparator.comparingInt(
                        group -> MethodStyle.of(group.method(), this).index()))
                .toList();
    }

    /** One run of each method with the λ that a single picture shows, in the order of the methods. */
    List<Run> middleRuns() {
        var lambda = middleLambda().orElse(Double.NaN);
        return runs.stream()
                .filter(run -> run.lambda() == lambda && MethodStyle.isMethod(run.method()))
                .filter(run -> runs.stream()
                        .filter(other -> other.method().equals(run.method()) && other.lambda() == lambda)
                        .findFirst()
                        .filter(run::equals)
                        .isPresent())
                .sorted(Comparator.comparingInt(
                        run -> MethodStyle.of(run.method(), this).index()))
                .toList();
    }
}
