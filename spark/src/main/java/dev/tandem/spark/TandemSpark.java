package dev.tandem.spark;

import dev.tandem.UserException;
import java.util.concurrent.CancellationException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/**
 * The application that {@code spark-submit} starts. Exit codes: 0 done, 1 ranks failed or an internal error, 2 a user's
 * mistake, 130 and 143 stopped by a signal.
 */
@Command(
        name = "tandem-spark",
        description = "Trains and tokenises on a Spark cluster.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {SparkTrainCommand.class, SparkTokenizeCommand.class})
public final class TandemSpark {
    private static final int FAILED = 1;
    private static final int MISTAKE = 2;
    private static final int INTERRUPTED = 130;

    @Option(names = "--verbose", scope = ScopeType.INHERIT, description = "Show the stack trace of an error.")
    private boolean verbose;

    /** Runs a command and exits with its code. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** The command line, ready to execute. */
    static CommandLine commandLine() {
        var application = new TandemSpark();
        return new CommandLine(application)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setExecutionExceptionHandler((exception, command, parsed) -> application.said(exception, command));
    }

    private int said(Exception exception, CommandLine command) {
        var err = command.getErr();
        if (verbose) {
            exception.printStackTrace(err);
        }
        if (exception instanceof CancellationException) {
            err.println("Stopped: " + exception.getMessage());
            return INTERRUPTED;
        }
        var known = exception instanceof UserException || exception instanceof TrainingFailedException;
        err.println(known ? "Error: " + exception.getMessage() : "Internal error: " + exception);
        return exception instanceof UserException ? MISTAKE : FAILED;
    }
}
