package dev.tandem.cli.console;

import dev.tandem.train.event.EvaluationEvent;
import dev.tandem.train.event.StepEvent;
import dev.tandem.train.event.TrainingListener;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Shows a run on the console: messages and evaluations as lines, steps as a progress bar with losses, tokens/s and time
 * left. Without a terminal, a line now and then replaces the bar.
 */
public final class ConsoleListener implements TrainingListener, AutoCloseable {
    private static final long NANOS_BETWEEN_LINES = 10_000_000_000L;

    private final ConsoleLines console;
    private final int steps;
    private final String training;
    private final Map<String, Double> losses = new LinkedHashMap<>();
    private long tokens;
    private double seconds;

    private ConsoleListener(ConsoleLines console, int steps, String training) {
        this.console = console;
        this.steps = steps;
        this.training = training;
    }

    /**
     * A listener for the console.
     *
     * @param quiet print nothing
     * @param steps steps of the run; 0: there is no bar (several runs)
     */
    public static ConsoleListener of(PrintWriter out, boolean quiet, int steps) {
        return ofRanks(out, quiet, steps, 1);
    }

    /** A listener for the rank that reports for all ranks. @param ranks the number of ranks */
    public static ConsoleListener ofRanks(PrintWriter out, boolean quiet, int steps, int ranks) {
        return new ConsoleListener(
                new ConsoleLines(out, quiet, NANOS_BETWEEN_LINES),
                steps,
                ranks == 1 ? "training" : "training, " + ranks + " ranks");
    }

    @Override
    public void onMessage(String message) {
        console.line(message);
    }

    @Override
    public void onProgress(String what, long done, long total) {
        if (console.terminal()) {
            console.bar(what, done, total, "", true);
            if (done >= total) {
                console.closeBar();
            }
        } else if (done >= total || console.due()) {
            console.line(String.format(Locale.ROOT, "%s: %,d of %,d", what, done, total));
        }
    }

    @Override
    public void onStep(StepEvent event) {
        if (console.quiet() || steps == 0) {
            return;
        }
        losses.putAll(event.losses());
        tokens += event.tokens();
        seconds += event.seconds();
        if (console.terminal()) {
            console.bar(training, event.step() + 1L, steps, " " + numbers(), true);
        } else if (console.due()) {
            console.line(String.format(Locale.ROOT, "step %,d of %,d: %s", event.step() + 1, steps, numbers()));
        }
    }

    @Override
    public void onEvaluation(EvaluationEvent event) {
        if (steps == 0) {
            return;
        }
        var values = ConsoleLines.numbers(event.losses(), "%.4f");
        var accuracies = event.statistics().entrySet().stream()
                .filter(e -> e.getKey().endsWith("/accuracy"))
                .map(e -> String.format(Locale.ROOT, ", %s %.3f", e.getKey(), e.getValue()))
                .collect(Collectors.joining());
        console.line(String.format(
                Locale.ROOT,
                "evaluation after %,d steps: %s%s%s",
                event.step(),
                values,
                accuracies,
                event.idealDistance().isPresent()
                        ? String.format(
                                Locale.ROOT,
                                ", ideal distance %.4f",
                                event.idealDistance().getAsDouble())
                        : ""));
    }

    private String numbers() {
        var values = ConsoleLines.numbers(losses, "%.4f");
        return String.format(Locale.ROOT, "%s, %,.0f tokens/s", values, tokens / Math.max(seconds, 1e-9));
    }

    @Override
    public void close() {
        console.close();
    }
}
