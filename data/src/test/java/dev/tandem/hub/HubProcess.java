package dev.tandem.hub;

import dev.tandem.UserException;
import dev.tandem.testing.ChildProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A separate process that fetches a model, and prints the messages it receives, then the path or the error. */
final class HubProcess {
    private final Path out;
    private final Process process;

    /**
     * Starts it.
     *
     * @param wrapper what to start it by, such as a shell that sets limits
     * @param out is written by it
     */
    HubProcess(ChildProcesses processes, List<String> wrapper, LocalHub server, Path cache, Path out)
            throws IOException {
        var command = new ArrayList<>(wrapper);
        command.addAll(ChildProcesses.java(List.of("-Xmx128m"), HubProcess.class.getName(), List.of()));
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("HF_"));
        builder.environment().put("HF_ENDPOINT", server.endpoint().toString());
        builder.environment().put("HF_HUB_CACHE", cache.toString());
        builder.environment().put("no_proxy", "*");
        this.out = out;
        this.process = processes.start(builder);
    }

    /** Its exit code. */
    int code() throws InterruptedException {
        return process.waitFor();
    }

    /** Its output so far. */
    String output() throws IOException {
        return Files.readString(out);
    }

    /** Waits until it printed a text. */
    void awaitOutput(String text) throws IOException, InterruptedException {
        while (!output().contains(text)) {
            if (!process.isAlive()) {
                throw new AssertionError("it ended without '" + text + "': " + output());
            }
            Thread.sleep(20);
        }
    }

    void kill() {
        process.destroyForcibly();
    }

    public static void main(String[] arguments) {
        var listener = new HubListener() {
            @Override
            public void message(String text) {
                System.out.println(text);
            }
        };
        try {
            var hub = new Hub(HubSettings.of(System.getenv()), listener);
            System.out.println(hub.fetch(HubAddress.parse("hf://owner/name")).path());
        } catch (UserException e) {
            System.out.println("Error: " + e.getMessage());
            System.exit(2);
        }
    }
}
