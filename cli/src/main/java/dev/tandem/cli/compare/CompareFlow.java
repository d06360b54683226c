package dev.tandem.cli.compare;

import dev.tandem.UserException;
import dev.tandem.cli.report.ReportWriter;
import dev.tandem.experiment.compare.Comparison;
import dev.tandem.experiment.compare.ComparisonPlan;
import dev.tandem.experiment.compare.ComparisonRun;
import dev.tandem.recipe.ComparisonRecipe;
import dev.tandem.text.SafeText;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** A comparison on the console: the plan, the runs, the table, the report. */
public final class CompareFlow {
    private final Comparison comparison;
    private final ComparisonPlan plan;
    private final int jobs;
    private final CompareConsole console;
    private final List<String> benchmarks;

    /**
     * @param jobs runs at the same time
     * @param only methods or runs to do; none: all
     */
    public CompareFlow(
            ComparisonRecipe recipe,
            int jobs,
            List<String> only,
            CompareConsole console,
            BooleanSupplier stopRequested) {
        this.comparison = new Comparison(recipe, jobs, console, stopRequested);
        this.plan = comparison.plan().only(only);
        this.jobs = jobs;
        this.console = console;
        this.benchmarks = List.copyOf(recipe.benchmarks().keySet());
    }

    /** Prints what will be done and how long it will take. */
    public void printPlan() {
        comparison.check();
        var calibration = comparison.calibrate();
        var done = plan.runs().stream()
                .filter(comparison::isDone)
                .map(ComparisonRun::name)
                .toList();
        var seconds = new LinkedHashMap<String, Double>();
        plan.runs().forEach(run -> seconds.put(run.name(), comparison.seconds(run, calibration)));
        var left = seconds.entrySet().stream()
                .filter(run -> !done.contains(run.getKey()))
                .mapToDouble(Map.Entry::getValue)
                .sum();
        CompareText.plan(plan, done.size(), seconds, left / jobs).forEach(console::onMessage);
        if (!benchmarks.isEmpty()) {
            console.onMessage(
                    "and benchmarks of every model, whose time is not included: " + String.join(", ", benchmarks));
        }
        console.begin(seconds, done, jobs);
    }

    /** Runs the comparison and prints the result. */
    public void run(PrintWriter out) {
        var result = comparison.run(plan);
        console.close();
        CompareText.lines(result).forEach(line -> out.println(SafeText.lines(line)));
        out.println("Results: " + comparison.folder().results() + ", "
                + comparison.folder().table());
        report(out);
        out.flush();
    }

    /** Writes the report. On a machine that cannot draw, the comparison itself is still complete. */
    private void report(PrintWriter out) {
        try {
            out.println("Report: " + ReportWriter.write(comparison.folder().root()));
        } catch (UserException e) {
            out.println("Warning: " + SafeText.lines(String.valueOf(e.getMessage())));
        }
    }
}
