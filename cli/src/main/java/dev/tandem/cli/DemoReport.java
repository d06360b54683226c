package dev.tandem.cli;

import dev.tandem.experiment.DemoResult;
import dev.tandem.experiment.RunOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The demo's result in tables and words. */
final class DemoReport {
    /** The run whose time the others are compared with: it does the gradient work of one objective a step. */
    private static final String BASELINE = "sft-then-preference";

    private DemoReport() {}

    static List<String> lines(DemoResult result) {
        var lines = new ArrayList<String>();
        lines.add("");
        lines.addAll(ConsoleTable.lines(table(result)));
        lines.add(String.format(
                Locale.ROOT,
                "gap: loss above what the objective alone reaches (f*: SFT %.3f, DPO %.3f); ideal distance: both gaps"
                        + " together, less is better",
                result.sftOptimum(),
                result.preferenceOptimum()));
        lines.add("");
        lines.add("What they answer:");
        for (var answers : result.answers()) {
            lines.add("");
            lines.add("  " + answers.prompt());
            answers.byRun().forEach((run, answer) -> lines.add(String.format("    %-20s %s", run, answer)));
        }
        lines.add("");
        return lines;
    }

    private static List<List<String>> table(DemoResult result) {
        var baseline = result.outcomes().stream()
                .filter(o -> o.name().equals(BASELINE))
                .mapToDouble(RunOutcome::seconds)
                .findFirst()
                .orElse(Double.NaN);
        var rows = new ArrayList<List<String>>();
        rows.add(List.of(
                "method",
                "SFT loss",
                "SFT gap",
                "DPO loss",
                "DPO gap",
                "accuracy",
                "ideal distance",
                "seconds",
                "time"));
        result.outcomes().forEach(o -> rows.add(row(o, baseline)));
        return rows;
    }

    private static List<String> row(RunOutcome o, double baseline) {
        return List.of(
                o.name(),
                number("%.3f", o.sftLoss()),
                number("%.3f", o.sftGap()),
                number("%.3f", o.preferenceLoss()),
                number("%.3f", o.preferenceGap()),
                number("%.2f", o.preferenceAccuracy()),
                number("%.3f", o.idealDistance()),
                number("%.1f", o.seconds()),
                number("%.2fx", o.seconds() / baseline));
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
