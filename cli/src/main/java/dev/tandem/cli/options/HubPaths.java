package dev.tandem.cli.options;

import dev.tandem.cli.console.ConsoleLines;
import dev.tandem.hub.Hub;
import dev.tandem.hub.HubAddress;
import dev.tandem.hub.HubListener;
import dev.tandem.hub.HubSettings;
import java.io.PrintWriter;
import java.nio.file.Path;

/** Resolves {@code hf://} addresses to local paths and shows the progress of fetching. */
public final class HubPaths {
    private static final long NANOS_BETWEEN_LINES = 10_000_000_000L;

    private final PrintWriter out;
    private final boolean quiet;

    public HubPaths(PrintWriter out, boolean quiet) {
        this.out = out;
        this.quiet = quiet;
    }

    /** The path, fetched if it is an address. */
    public Path local(Path path) {
        return HubAddress.of(path).map(address -> fetch(address).path()).orElse(path);
    }

    /** Prints a line, unless the command is quiet. */
    void say(String line) {
        try (var lines = new ConsoleLines(out, quiet, NANOS_BETWEEN_LINES)) {
            lines.line(line);
        }
    }

    public Hub.Fetched fetch(HubAddress address) {
        try (var lines = new ConsoleLines(out, quiet, NANOS_BETWEEN_LINES)) {
            var fetched = new Hub(HubSettings.of(System.getenv()), new Shown(lines)).fetch(address);
            lines.line("Using " + fetched.address());
            return fetched;
        }
    }

    /** Progress in MiB. */
    private record Shown(ConsoleLines lines) implements HubListener {
        @Override
        public void message(String text) {
            lines.line(text);
        }

        @Override
        public void progress(long done, long total) {
            if (lines.terminal()) {
                lines.bar("Fetching (MiB)", done >> 20, Math.max(1, total >> 20), "", true);
            } else if (lines.due()) {
                lines.line("Fetched " + (done >> 20) + " of " + (total >> 20) + " MiB");
            }
        }
    }
}
