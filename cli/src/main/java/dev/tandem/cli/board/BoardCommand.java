package dev.tandem.cli.board;

import dev.tandem.UserException;
import dev.tandem.cli.options.CommonOptions;
import dev.tandem.text.SafeText;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tandem board}: a live web page of runs. */
@Command(
        name = "board",
        description = "Shows runs on a web page that follows them while they train.",
        footer = {"", "Ctrl-C ends it; the runs continue."})
public final class BoardCommand implements Callable<Integer> {
    /** Seconds that a browser may take to send a request: a connection without a request must not occupy a thread. */
    private static final String REQUEST_SECONDS = "20";

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "RUNS_DIR", description = "The folder that holds the runs, to a depth of five.")
    private Path folder = Path.of("");

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "7070",
            description = "Port to listen on, 0 for any (default: ${DEFAULT-VALUE}).")
    private int port = 7070;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "Address to listen on (default: ${DEFAULT-VALUE}, this machine alone). For another, browsers"
                    + " need a token.")
    private String host = "127.0.0.1";

    @Option(
            names = "--token",
            paramLabel = "TEXT",
            defaultValue = "${env:TANDEM_BOARD_TOKEN}",
            description =
                    "What a browser must present: 16 or more letters, digits, - and _ (default: environment variable"
                            + " TANDEM_BOARD_TOKEN; else a random one when --host is not this machine alone).")
    private Optional<String> token = Optional.empty();

    @Override
    public Integer call() throws InterruptedException {
        if (token.isPresent() && !token.get().matches("[A-Za-z0-9_-]{16,200}")) {
            throw new UserException(
                    "The token must be 16 to 200 letters, digits, - or _, so that it is hard to guess and"
                            + " fits into an address.");
        }
        limitRequests();
        var out = java.util.Objects.requireNonNull(spec).commandLine().getOut();
        try (var board = Board.open(new Board.Settings(folder, host, port, token))) {
            out.println(SafeText.lines("Board of " + folder.toAbsolutePath() + ": " + board.url()));
            if (!common.quiet()) {
                out.println("Open it in a browser. Ctrl-C ends it; the runs continue.");
            }
            out.flush();
            Thread.currentThread().join(); // until the process ends
        }
        return 0;
    }

    /** The JDK's server reads these once, when the first one is made. */
    private static void limitRequests() {
        setDefault("sun.net.httpserver.maxReqTime", REQUEST_SECONDS);
        setDefault("sun.net.httpserver.nodelay", "true");
    }

    private static void setDefault(String name, String value) {
        if (System.getProperty(name) == null) {
            System.setProperty(name, value);
        }
    }
}
