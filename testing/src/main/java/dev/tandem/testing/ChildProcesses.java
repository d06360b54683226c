package dev.tandem.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The processes that a test starts, and all that these start in turn. They are killed when the test ends, whether it passed,
 * failed or ran out of time, and when its JVM exits. Also killed are those whose parent has already ended: on Linux every
 * process started here carries a mark in its environment, which its children inherit.
 *
 * <pre>{@code
 * @RegisterExtension
 * final ChildProcesses processes = ChildProcesses.ofEachTest();
 * }</pre>
 */
public final class ChildProcesses implements AfterEachCallback, AfterAllCallback {
    private static final String MARK = "TANDEM_STARTED_BY_TEST";

    /** A killed process is gone within moments. */
    private static final long GONE_SECONDS = 20;

    private final boolean ofEachTest;
    private final String mark = MARK + "=" + UUID.randomUUID();
    private final List<Process> started = new ArrayList<>();
    private final Thread atExit = new Thread(this::kill, "end-child-processes");

    private ChildProcesses(boolean ofEachTest) {
        this.ofEachTest = ofEachTest;
    }

    /** Processes that end with each test; for a field of the test's instance. */
    public static ChildProcesses ofEachTest() {
        return new ChildProcesses(true);
    }

    /** Processes that end after all tests of a class; for a static field. */
    public static ChildProcesses ofTheClass() {
        return new ChildProcesses(false);
    }

    /**
     * The command for a JVM with the class path of this one. It is meant to live for some seconds only.
     *
     * @param options of the JVM, such as {@code -Xmx256m}
     * @param mainClass its name
     * @param arguments of the program
     */
    public static List<String> java(List<String> options, String mainClass, List<String> arguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
        command.addAll(arguments);
        return command;
    }

    /**
     * Starts a process. SIGINT and SIGHUP do to it what they do by default, also where this JVM was started to ignore them, as by
     * {@code nohup} or in the background of a script.
     *
     * @throws IOException if it cannot be started
     */
    public synchronized Process start(ProcessBuilder builder) throws IOException {
        var command = builder.command();
        builder.command(
                Stream.concat(Signals.byDefault().stream(), command.stream()).toList());
        builder.environment().put(MARK, mark.substring(MARK.length() + 1));
        if (started.isEmpty()) {
            Runtime.getRuntime().addShutdownHook(atExit);
        }
        var process = builder.start();
        started.add(process);
        return process;
    }

    /** Starts a process that says nothing, and waits for it. Returns its exit code. */
    public int run(String... command) throws IOException, InterruptedException {
        return start(new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD))
                .waitFor();
    }

    /**
     * Sends a signal to a process, and waits until it is sent.
     *
     * @param signal its name, such as {@code INT}
     * @param target number of the process, or that of a process group with a minus before it
     */
    public void signal(String signal, String target) throws IOException, InterruptedException {
        run("kill", "-" + signal, "--", target);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (ofEachTest) {
            end();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        end();
    }

    private synchronized void end() {
        if (!started.isEmpty()) {
            kill();
            Runtime.getRuntime().removeShutdownHook(atExit);
            started.clear();
        }
    }

    /** Kills all there are, until none is left: a process may start another while this looks. */
    private void kill() {
        for (var alive = alive(); !alive.isEmpty(); alive = alive()) {
            alive.forEach(ProcessHandle::destroyForcibly);
            alive.forEach(ChildProcesses::awaitEnd);
        }
    }

    /** Descendants of living processes only: the number of an ended one may be that of a stranger by now. */
    private List<ProcessHandle> alive() {
        return Stream.concat(
                        started.stream()
                                .filter(Process::isAlive)
                                .map(Process::toHandle)
                                .flatMap(process -> Stream.concat(process.descendants(), Stream.of(process))),
                        ProcessHandle.allProcesses().filter(this::isMarked))
                .distinct()
                .filter(ProcessHandle::isAlive)
                .toList();
    }

    private boolean isMarked(ProcessHandle process) {
        try {
            var environment = Files.readString(
                    Path.of("/proc", String.valueOf(process.pid()), "environ"), StandardCharsets.ISO_8859_1);
            return List.of(environment.split("\0")).contains(mark);
        } catch (IOException e) {
            // it has ended, belongs to somebody else, or this system has no /proc
            return false;
        }
    }

    private static void awaitEnd(ProcessHandle process) {
        try {
            process.onExit().get(GONE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("Process " + process.pid() + " was killed and lives", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
