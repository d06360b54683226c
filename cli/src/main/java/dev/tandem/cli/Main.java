package dev.tandem.cli;

import dev.tandem.UserException;
import dev.tandem.cli.bench.BenchCommand;
import dev.tandem.cli.board.BoardCommand;
import dev.tandem.cli.chat.ChatCommand;
import dev.tandem.cli.compare.CompareCommand;
import dev.tandem.cli.data.DataCommand;
import dev.tandem.cli.demo.DemoCommand;
import dev.tandem.cli.download.DownloadCommand;
import dev.tandem.cli.eval.EvalCommand;
import dev.tandem.cli.export.ExportCommand;
import dev.tandem.cli.generate.GenerateCommand;
import dev.tandem.cli.launch.LaunchCommand;
import dev.tandem.cli.options.Version;
import dev.tandem.cli.plan.PlanCommand;
import dev.tandem.cli.process.RankProcesses;
import dev.tandem.cli.report.ReportCommand;
import dev.tandem.cli.score.ScoreCommand;
import dev.tandem.cli.serve.ServeCommand;
import dev.tandem.cli.theory.TheoryCommand;
import dev.tandem.cli.train.TrainCommand;
import dev.tandem.distributed.RankLostException;
import dev.tandem.text.SafeText;
import java.util.concurrent.CancellationException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;

/**
 * The {@code tandem} command. Exit codes: 0 done, 1 an internal error, 2 a user's mistake, 3 partly done because the
 * cost limit was reached, 4 a rank that lost another, 130 and 143 stopped by a signal.
 */
@Command(
        name = "tandem",
        description = "Post-trains language models on instructions and preferences together.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            TrainCommand.class,
            LaunchCommand.class,
            CompareCommand.class,
            ReportCommand.class,
            BoardCommand.class,
            DownloadCommand.class,
            ScoreCommand.class,
            GenerateCommand.class,
            ChatCommand.class,
            ServeCommand.class,
            EvalCommand.class,
            ExportCommand.class,
            DataCommand.class,
            PlanCommand.class,
            BenchCommand.class,
            TheoryCommand.class
        })
public final class Main {
    private static final int OUR_FAULT = 1;
    private static final int USER_MISTAKE = 2;
    private static final int INTERRUPTED = 130;

    /** Runs a command and exits with its code. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** The command line, ready to execute. */
    public static CommandLine commandLine() {
        var command = new CommandLine(new Main());
        // the remaining arguments belong to the launched command
        java.util.Objects.requireNonNull(command.getSubcommands().get("launch")).setStopAtPositional(true);
        return command.setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setExecutionExceptionHandler(handler());
    }

    private static IExecutionExceptionHandler handler() {
        return (exception, command, parsed) -> {
            var verbose = command.getParseResult().hasMatchedOption("--verbose");
            if (exception instanceof CancellationException) {
                command.getErr().println("Stopped.");
                return INTERRUPTED;
            }
            var mistake = exception instanceof UserException;
            command.getErr().println(command.getColorScheme().errorText(message(exception, mistake, verbose)));
            if (verbose) {
                exception.printStackTrace(command.getErr());
            }
            return mistake ? mistakeCode(exception) : OUR_FAULT;
        };
    }

    /** A launcher restarts after a lost rank, but not after a mistake. */
    private static int mistakeCode(Exception exception) {
        return exception instanceof RankLostException ? RankProcesses.RANK_LOST : USER_MISTAKE;
    }

    private static String message(Exception exception, boolean mistake, boolean verbose) {
        if (mistake) {
            return "Error: " + SafeText.lines(String.valueOf(exception.getMessage()));
        }
        return "Internal error: " + SafeText.lines(exception.toString())
                + (verbose ? "" : "\nThis should not happen; run again with --verbose for details to report.");
    }
}
