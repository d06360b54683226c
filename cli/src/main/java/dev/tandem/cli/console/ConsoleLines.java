package dev.tandem.cli.console;

import dev.tandem.text.SafeText;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Lines on the console and, at a terminal, one progress bar below them; without a terminal, a line now and then
 * replaces the bar.
 */
public final class ConsoleLines implements AutoCloseable {
    private final PrintWriter out;
    private final boolean quiet;
    private final boolean terminal;
    private final long nanosBetweenLines;
    private Optional<ProgressBar> bar = Optional.empty();
    private long lastLine = System.nanoTime();

    /**
     * @param quiet print nothing
     * @param nanosBetweenLines time between the lines that replace a bar
     */
    public ConsoleLines(PrintWriter out, boolean quiet, long nanosBetweenLines) {
        var dumb =
                Optional.ofNullable(System.getenv("TERM")).map("dumb"::equals).orElse(true);
        this.out = out;
        this.quiet = quiet;
        this.terminal = System.console() != null && !dumb;
        this.nanosBetweenLines = nanosBetweenLines;
    }

    boolean quiet() {
        return quiet;
    }

    /** Whether bars can be drawn. */
    public boolean terminal() {
        return terminal;
    }

    /** Whether it is time for a line that replaces a bar; never when this is quiet. */
    public boolean due() {
        var now = System.nanoTime();
        if (quiet || now - lastLine < nanosBetweenLines) {
            return false;
        }
        lastLine = now;
        return true;
    }

    public void line(String text) {
        if (quiet) {
            return;
        }
        // the bar is drawn again below the line when there is progress
        closeBar();
        out.println(SafeText.lines(text));
        out.flush();
    }

    /**
     * Draws the bar.
     *
     * @param what its name
     * @param message behind it
     * @param eta whether the bar itself guesses the time left
     */
    public void bar(String what, long done, long total, String message, boolean eta) {
        if (quiet) {
            return;
        }
        if (bar.isEmpty()) {
            var builder = new ProgressBarBuilder()
                    .setTaskName(what)
                    .setInitialMax(total)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(200)
                    .setConsumer(new ConsoleProgressBarConsumer(System.err));
            bar = Optional.of((eta ? builder : builder.hideEta()).build());
        }
        bar.get().stepTo(done);
        bar.get().setExtraMessage(message);
    }

    public void closeBar() {
        bar.ifPresent(ProgressBar::close);
        bar = Optional.empty();
    }

    /** Numbers by name, as in {@code sft 1.2345, preference 0.6789}. */
    public static String numbers(Map<String, Double> values, String format) {
        return values.entrySet().stream()
                .map(e -> e.getKey() + " " + String.format(Locale.ROOT, format, e.getValue()))
                .collect(Collectors.joining(", "));
    }

    @Override
    public void close() {
        closeBar();
    }
}
