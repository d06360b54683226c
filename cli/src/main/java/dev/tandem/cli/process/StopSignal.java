package dev.tandem.cli.process;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;
import picocli.CommandLine;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Turns Ctrl-C (SIGINT), SIGTERM and SIGHUP into a request to stop after the current step. A second signal stops
 * immediately, which is safe because files are complete or absent at every moment.
 *
 * <p>Shutdown hooks are not sufficient: they do not learn which signal arrived, and the JVM is already ending when they
 * run. {@code sun.misc.Signal} is in the module jdk.unsupported, which every JDK has and which the compiler's
 * {@code --release} accepts because there is no replacement. Signals that the caller had ignored (nohup) stay ignored.
 *
 * <p>A terminal sends SIGINT and SIGHUP to a launcher and to its ranks. A rank ignores them, because the launcher sends
 * it SIGTERM: they would count as the first signal and SIGTERM as the second. A killed launcher counts as SIGTERM too.
 */
public final class StopSignal implements AutoCloseable {
    private static final List<String> NAMES = List.of("INT", "TERM", "HUP");
    private static final int SIGNALLED = 128;

    private static final String AFTER_THIS_STEP =
            "Stopping after this step. A second signal stops immediately; what is on the disk stays usable.";

    private final PrintWriter err;
    private final String answer;
    private final AtomicInteger received = new AtomicInteger();
    private final Map<Signal, SignalHandler> before = new LinkedHashMap<>();

    private StopSignal(PrintWriter err, String answer) {
        this.err = err;
        this.answer = answer;
    }

    /**
     * Runs a command and listens for signals while it runs.
     *
     * @param work gives the exit code; throws a {@link CancellationException} if it was stopped and the same command
     *     continues it
     * @return the exit code
     */
    public static int during(CommandLine command, ToIntFunction<StopSignal> work) {
        return during(command, AFTER_THIS_STEP, work);
    }

    /** Runs a command with an answer of its own. @param answer is printed immediately when a signal arrives */
    public static int during(CommandLine command, String answer, ToIntFunction<StopSignal> work) {
        try (var signal = listen(command.getErr(), answer)) {
            try {
                return work.applyAsInt(signal);
            } catch (CancellationException e) {
                command.getOut().println("Stopped. The same command continues from here.");
                command.getOut().flush();
                return signal.exitCode();
            }
        }
    }

    /** @param err receives the answer immediately when a signal arrives */
    private static StopSignal listen(PrintWriter err, String answer) {
        var result = new StopSignal(err, answer);
        var launched = System.getenv(LaunchPlan.LAUNCHED) != null;
        NAMES.forEach(name ->
                result.handle(name, launched && !name.equals("TERM") ? SignalHandler.SIG_IGN : result::receive));
        LauncherWatch.start(System.getenv(), RankProcesses.PATIENCE, () -> result.receive(new Signal("TERM")));
        return result;
    }

    private void handle(String name, SignalHandler handler) {
        try {
            var signal = new Signal(name);
            before.put(signal, Signal.handle(signal, handler));
        } catch (IllegalArgumentException e) {
            // this system has no such signal, or the JVM does not handle it (-Xrs)
            return;
        }
    }

    private void receive(Signal signal) {
        if (!received.compareAndSet(0, signal.getNumber())) {
            Runtime.getRuntime().halt(SIGNALLED + signal.getNumber());
        }
        err.println();
        err.println(answer);
        err.flush();
    }

    /** Whether the user asked to stop. */
    public boolean requested() {
        return received.get() != 0;
    }

    /**
     * The exit code that a shell expects of a process ended by the received signal: 130 for Ctrl-C, 143 for SIGTERM.
     */
    public int exitCode() {
        return SIGNALLED + received.get();
    }

    @Override
    public void close() {
        before.forEach(Signal::handle);
    }
}
