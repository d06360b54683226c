package dev.tandem.cli;

import dev.tandem.experiment.ComparisonListener;
import dev.tandem.experiment.FinishedRun;
import dev.tandem.experiment.PlannedRun;
import dev.tandem.experiment.benchmark.BenchmarkScore;
import dev.tandem.train.StepEvent;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Shows a comparison on the console: every run that ends as a line, and a bar of the whole with the run in hand and the time
 * left. Without a terminal there is no bar but a line now and then.
 */
final class CompareConsole implements ComparisonListener, AutoCloseable {
    private static final long NANOS_BETWEEN_LINES = 30_000_000_000L;
    private static final int PER_MILLE = 1000;

    private final ConsoleLines console;
    private CompareProgress progress = new CompareProgress(Map.of(), Map.of());
    private int runs;
    private int ended;
    private int jobs = 1;
    private int failures;

    private CompareConsole(ConsoleLines console) {
        this.console = console;
    }

    static CompareConsole of(PrintWriter out, boolean quiet) {
        return new CompareConsole(new ConsoleLines(out, quiet, NANOS_BETWEEN_LINES));
    }

    /**
     * The runs begin.
     *
     * @param estimates seconds of each run by name, in the order they run
     * @param done names of those that are done already
     */
    void begin(Map<String, Double> estimates, List<String> done, int atOnce) {
        var shares = new LinkedHashMap<String, Double>();
        done.forEach(name -> shares.put(name, 1.0));
        progress = new CompareProgress(estimates, shares);
        runs = estimates.size();
        ended = done.size();
        jobs = atOnce;
    }

    /** Runs and benchmarks that could not be done. */
    int failures() {
        return failures;
    }

    @Override
    public void onMessage(String message) {
        console.line(message);
    }

    @Override
    public void onProgress(String what, long done, long total) {
        if (console.terminal()) {
            bar(String.format(Locale.ROOT, " %s %,d of %,d", what, done, total));
        } else if (console.due()) {
            console.line(String.format(Locale.ROOT, "%s: %,d of %,d", what, done, total));
        }
    }

    @Override
    public void onRunStart(PlannedRun run, int stepsDone) {
        progress.at(run.name(), (double) stepsDone / run.steps());
        if (stepsDone > 0) {
            console.line(String.format(Locale.ROOT, "%s goes on after step %,d", run.name(), stepsDone));
        }
    }

    @Override
    public void onStep(PlannedRun run, StepEvent event) {
        progress.at(run.name(), (event.step() + 1.0) / run.steps());
        if (console.terminal()) {
            bar(where(run, event));
        } else if (console.due()) {
            console.line(String.format(Locale.ROOT, "%3.0f %%:%s", 100 * progress.share(), where(run, event)));
        }
    }

    private String where(PlannedRun run, StepEvent event) {
        var numbers = ConsoleLines.numbers(event.losses(), "%.3f");
        return String.format(
                Locale.ROOT,
                " run %d of %d, %s: step %,d of %,d, %s; about %s left",
                Math.min(ended + 1, runs),
                runs,
                run.label(),
                event.step() + 1,
                run.steps(),
                numbers,
                Durations.of(progress.secondsLeft(jobs)));
    }

    @Override
    public void onRunEnd(PlannedRun run, FinishedRun result) {
        progress.at(run.name(), 1);
        ended++;
        var numbers = ConsoleLines.numbers(result.losses(), "%.4f");
        console.line(String.format(
                Locale.ROOT,
                "%3d of %d  %-34s %s  (%s)",
                ended,
                runs,
                run.name(),
                numbers,
                Durations.of(result.seconds())));
    }

    @Override
    public void onRunFailed(PlannedRun run, String why) {
        failures++;
        ended++;
        progress.at(run.name(), 1);
        console.line(run.name() + " failed: " + why);
    }

    @Override
    public void onBenchmark(String model, String benchmark, BenchmarkScore score) {
        var cells = ConsoleTable.percentCells(score.value());
        console.line(String.format(
                Locale.ROOT, "%s %s: %s (95 %% interval %s)", model, benchmark, cells.get(0), cells.get(1)));
    }

    @Override
    public void onBenchmarkFailed(String model, String benchmark, String why) {
        failures++;
        console.line(model + " " + benchmark + " failed: " + why);
    }

    private void bar(String message) {
        console.bar("comparison", Math.round(progress.share() * PER_MILLE), PER_MILLE, message, false);
    }

    @Override
    public void close() {
        console.close();
    }
}
