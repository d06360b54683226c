package dev.tandem.cli.report;

import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/** The comparison in a sentence: which method ends nearest to the ideal point, and at what cost. */
final class Headline {
    private final Results results;

    private Headline(Results results) {
        this.results = results;
    }

    static Optional<String> of(Results results) {
        return new Headline(results).sentence();
    }

    private Optional<String> sentence() {
        var nearest = nearest(group -> true);
        var sequential = nearest(group -> group.method().startsWith("sequential-"));
        return nearest.map(group -> text(group, sequential));
    }

    private Optional<Results.Group> nearest(Predicate<Results.Group> among) {
        return results.groups().stream()
                .filter(among)
                .filter(group -> MethodStyle.isMethod(group.method()))
                .filter(group -> Double.isFinite(group.mean("ideal_distance")))
                .min(Comparator.comparingDouble(group -> group.mean("ideal_distance")));
    }

    private String text(Results.Group best, Optional<Results.Group> sequential) {
        var text = new StringBuilder(String.format(
                Locale.ROOT, "%s ends nearest to the ideal point, %.3f away", name(best), distance(best)));
        if (!best.method().startsWith("sequential-")) {
            text.append(cost(best.mean("time_increase")));
            sequential.ifPresent(group -> text.append(
                    String.format(Locale.ROOT, "; the best of Sequential ends %.3f away", distance(group))));
        }
        return text.append('.').toString();
    }

    private static String cost(double timeIncrease) {
        if (!Double.isFinite(timeIncrease)) {
            return "";
        }
        var percent = Math.round(100 * timeIncrease);
        if (percent == 0) {
            return ", in the time that Sequential takes";
        }
        return String.format(
                Locale.ROOT,
                ", in %d\u00a0%% %s time than Sequential",
                Math.abs(percent),
                percent > 0 ? "more" : "less");
    }

    private String name(Results.Group group) {
        var label = MethodStyle.of(group.method(), results).label();
        return Double.isFinite(group.lambda())
                ? label + " at λ = "
                        + java.math.BigDecimal.valueOf(group.lambda())
                                .stripTrailingZeros()
                                .toPlainString()
                : label;
    }

    private static double distance(Results.Group group) {
        return group.mean("ideal_distance");
    }
}
