package dev.tandem.cli;

import dev.tandem.train.EvaluationEvent;
import dev.tandem.train.StepEvent;
import dev.tandem.train.TrainingListener;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Shows a run on the console: messages and evaluations as lines, steps as a progress bar with losses, tokens/s and time
 * left. Without a terminal there is no bar but a line now and then.
 */
final class ConsoleListener implements TrainingListener, AutoCloseable {
    private static final long NANOS_BETWEEN_LINES = 10_000_000_000L;

    private final PrintWriter out;
    private final boolean quiet;
    private final boolean terminal;
    private final int steps;
    private final Map<String, Double> losses = new LinkedHashMap<>();
    private Optional<ProgressBar> bar = Optional.empty();
    private long tokens;
    private double seconds;
    private long lastLine = System.nanoTime();

    private ConsoleListener(PrintWriter out, boolean quiet, boolean terminal, int steps) {
        this.out = out;
        this.quiet = quiet;
        this.terminal = terminal;
        this.steps = steps;
    }

    /**
     * A listener for the console.
     *
     * @param quiet say nothing
     * @param steps steps of the run; 0: there is no bar (several runs)
     */
    static ConsoleListener of(PrintWriter out, boolean quiet, int steps) {
        return new ConsoleListener(out, quiet, isTerminal(), steps);
    }

    /** Whether bars can be drawn. */
    static boolean isTerminal() {
        var dumb =
                Optional.ofNullable(System.getenv("TERM")).map("dumb"::equals).orElse(true);
        return System.console() != null && !dumb;
    }

    @Override
    public void onMessage(String message) {
        line(message);
    }

    @Override
    public void onProgress(String what, long done, long total) {
        if (quiet) {
            return;
        }
        if (terminal) {
            if (bar.isEmpty()) {
                bar = Optional.of(bar(what, total));
            }
            bar.get().stepTo(done);
            if (done >= total) {
                closeBar();
            }
        } else if (done >= total || due()) {
            line(String.format(Locale.ROOT, "%s: %,d of %,d", what, done, total));
        }
    }

    @Override
    public void onStep(StepEvent event) {
        if (quiet || steps == 0) {
            return;
        }
        losses.putAll(event.losses());
        tokens += event.tokens();
        seconds += event.seconds();
        if (terminal) {
            if (bar.isEmpty()) {
                bar = Optional.of(bar("training", steps));
            }
            bar.get().stepTo(event.step() + 1L);
            bar.get().setExtraMessage(" " + numbers());
        } else if (due()) {
            line(String.format(Locale.ROOT, "step %,d of %,d: %s", event.step() + 1, steps, numbers()));
        }
    }

    @Override
    public void onEvaluation(EvaluationEvent event) {
        if (steps == 0) {
            return;
        }
        var values = event.losses().entrySet().stream()
                .map(e -> String.format(Locale.ROOT, "%s %.4f", e.getKey(), e.getValue()))
                .collect(Collectors.joining(", "));
        var accuracies = event.statistics().entrySet().stream()
                .filter(e -> e.getKey().endsWith("/accuracy"))
                .map(e -> String.format(Locale.ROOT, ", %s %.3f", e.getKey(), e.getValue()))
                .collect(Collectors.joining());
        line(String.format(
                Locale.ROOT,
                "evaluation after %,d steps: %s%s, ideal distance %.4f",
                event.step(),
                values,
                accuracies,
                event.idealDistance()));
    }

    private String numbers() {
        var values = losses.entrySet().stream()
                .map(e -> String.format(Locale.ROOT, "%s %.4f", e.getKey(), e.getValue()))
                .collect(Collectors.joining(", "));
        return String.format(Locale.ROOT, "%s, %,.0f tokens/s", values, tokens / Math.max(seconds, 1e-9));
    }

    private boolean due() {
        var now = System.nanoTime();
        if (now - lastLine < NANOS_BETWEEN_LINES) {
            return false;
        }
        lastLine = now;
        return true;
    }

    private void line(String text) {
        if (quiet) {
            return;
        }
        // the bar is drawn again below the line when the next step is done
        closeBar();
        out.println(Printable.of(text));
        out.flush();
    }

    private static ProgressBar bar(String what, long total) {
        return new ProgressBarBuilder()
                .setTaskName(what)
                .setInitialMax(total)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(200)
                .setConsumer(new ConsoleProgressBarConsumer(System.err))
                .build();
    }

    private void closeBar() {
        bar.ifPresent(ProgressBar::close);
        bar = Optional.empty();
    }

    @Override
    public void close() {
        closeBar();
    }
}
