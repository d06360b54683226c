package dev.tandem.spark.rank;

import dev.tandem.cli.process.LaunchPlan;
import dev.tandem.distributed.RankEnvironment;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A rank: {@code tandem train} in a process of its own. */
final class RankProcess implements AutoCloseable {
    private static final int LINES_KEPT = 30;
    private static final int FIRST_JAVA_WITH_NATIVE_ACCESS = 24;

    /** The options of the {@code tandem} launcher; most memory is outside the Java heap. */
    private static final List<String> OPTIONS =
            List.of("-Xms64m", "-XX:+UseSerialGC", "-Xshare:auto", "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0");

    private final Process process;
    private final Thread reader;
    private final Deque<String> lastLines = new ArrayDeque<>();

    private RankProcess(Process process, Consumer<String> lines) {
        this.process = process;
        this.reader = new Thread(() -> read(lines), "output of a rank");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts a rank.
     *
     * @param environment identifies the rank
     * @param javaOptions further options of its JVM
     * @param lines receives its output line by line on another thread
     */
    static RankProcess start(
            RankEnvironment environment,
            Path recipe,
            boolean resume,
            List<String> javaOptions,
            Path workFolder,
            Consumer<String> lines) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(OPTIONS);
        if (Runtime.version().feature() >= FIRST_JAVA_WITH_NATIVE_ACCESS) {
            command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        }
        command.addAll(javaOptions);
        command.addAll(List.of(RankMain.class.getName(), "train", recipe.toString()));
        if (resume) {
            command.add("--resume");
        }
        var builder = new ProcessBuilder(command).redirectErrorStream(true).directory(workFolder.toFile());
        var variables = builder.environment();
        // too long for a command line
        variables.put("CLASSPATH", ClassPath.here());
        variables.putAll(environment.variables());
        variables.put(
                LaunchPlan.LAUNCHED, String.valueOf(ProcessHandle.current().pid()));
        variables.put("OPENBLAS_NUM_THREADS", "1");
        variables.remove("OPENBLAS_CORETYPE");
        variables.remove("OPENBLAS_L2_SIZE");
        try {
            return new RankProcess(builder.start(), lines);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start rank " + environment.rank(), e);
        }
    }

    private void read(Consumer<String> lines) {
        try (var text = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (var line = text.readLine(); line != null; line = text.readLine()) {
                keep(line);
                lines.accept(line);
            }
        } catch (IOException e) {
            keep("(its output can no longer be read: " + e.getMessage() + ")");
        }
    }

    private synchronized void keep(String line) {
        lastLines.addLast(line);
        if (lastLines.size() > LINES_KEPT) {
            lastLines.removeFirst();
        }
    }

    /** The end of its output. */
    synchronized List<String> lastLines() {
        return List.copyOf(lastLines);
    }

    /** Waits for the process to end. @return whether it has ended */
    boolean await(Duration most) throws InterruptedException {
        return process.waitFor(most.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Its exit code, once all of its output was read. */
    int exitCode() throws InterruptedException {
        reader.join(TimeUnit.SECONDS.toMillis(5));
        return process.exitValue();
    }

    /** Asks the rank to stop after its step with a checkpoint. */
    void stop() {
        // through its handle: the method of Process would close its standard input first, which ends it immediately
        process.toHandle().destroy();
    }

    /** Kills the process if it is alive. */
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
