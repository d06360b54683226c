package dev.tandem.cli.plan;

import dev.tandem.cli.console.Quantity;
import dev.tandem.plan.Cluster;
import dev.tandem.plan.Plan;
import dev.tandem.plan.Remedies;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.stream.Collectors;

/** The conclusion of a plan in one line. */
final class PlanAdvice {
    private PlanAdvice() {}

    static String line(Plan plan) {
        return plan.rows().stream().anyMatch(Plan.Row::fits) ? lowest(plan) : remedies(plan);
    }

    /** The lowest stage that fits, by ranges of ranks. */
    private static String lowest(Plan plan) {
        var parts = new ArrayList<String>();
        var ranks = plan.ranks();
        for (var from = 0; from < ranks.size(); ) {
            var stage = stage(plan, ranks.get(from));
            var to = from;
            while (to + 1 < ranks.size() && stage(plan, ranks.get(to + 1)).equals(stage)) {
                to++;
            }
            parts.add(stage + " on " + range(ranks.get(from), ranks.get(to)));
            from = to + 1;
        }
        return "train.zero-stage, the lowest that fits, which sends least: " + String.join(", ", parts) + ".";
    }

    private static String stage(Plan plan, int ranks) {
        return plan.lowestThatFits(ranks)
                .map(row -> String.valueOf(row.stage().number()))
                .orElse("none");
    }

    private static String range(int from, int to) {
        return from == to ? from + (from == 1 ? " rank" : " ranks") : from + " to " + to + " ranks";
    }

    private static String remedies(Plan plan) {
        var least = plan.rows().stream()
                .min(Comparator.comparingLong(row -> row.memory().total()))
                .orElseThrow();
        var helps = Remedies.of(plan, least.ranks());
        return "Nothing fits: the least, stage " + least.stage().number() + " on " + range(least.ranks(), least.ranks())
                + ", is " + Quantity.memory(least.memory().total()) + ", and "
                + Quantity.memory(Cluster.USABLE * plan.cluster().memory()) + " can be used. "
                + (helps.isEmpty()
                        ? "No setting would change that; ranks need more memory."
                        : "To make it fit: "
                                + helps.stream().map(PlanAdvice::help).collect(Collectors.joining("; or ")) + ".");
    }

    private static String help(Remedies.Help help) {
        return String.join(" and ", help.settings()) + " (stage " + help.stage().number() + ")";
    }
}
