package dev.tandem.cli.launch;

import dev.tandem.UserException;
import dev.tandem.cli.options.CommonOptions;
import dev.tandem.cli.options.OptionRange;
import dev.tandem.cli.process.LaunchPlan;
import dev.tandem.cli.process.RankProcesses;
import dev.tandem.cli.process.StopSignal;
import dev.tandem.distributed.RankEnvironment;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tandem launch}: a training run by several processes, of one machine or of several. */
@Command(
        name = "launch",
        description = "Trains with several processes (ranks), each with a share of every batch.",
        footer = {
            "",
            "  tandem launch --nproc 4 train recipe.yaml",
            "",
            "When a rank fails, all others are ended. See docs/distributed.md."
        })
public final class LaunchCommand implements Callable<Integer> {
    /** The main class by name, because the command line depends on its commands and not the reverse. */
    private static final String MAIN_CLASS = "dev.tandem.cli.Main";

    private static final String AUTO_RESUME = "--auto-resume";
    private static final int MAX = 1024;

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--nproc", paramLabel = "N", required = true, description = "Ranks on this machine.")
    private int ranks;

    @Option(
            names = "--nnodes",
            paramLabel = "M",
            description =
                    "Machines, each with as many ranks. Start the command on every one. Default: ${DEFAULT-VALUE}.",
            defaultValue = "1")
    private int machines;

    @Option(
            names = "--node-rank",
            paramLabel = "R",
            description = "Number of this machine, from 0. Default: ${DEFAULT-VALUE}.",
            defaultValue = "0")
    private int machine;

    @Option(
            names = "--master",
            paramLabel = "HOST:PORT",
            description = "Where rank 0 waits for the others: machine 0 and a free port. Default: this machine.")
    private Optional<String> master = Optional.empty();

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "How long a rank waits for the others. Default: ${DEFAULT-VALUE}.",
            defaultValue = "1800")
    private int timeoutSeconds;

    @Option(
            names = "--heartbeat",
            paramLabel = "SECONDS",
            description = "Time without a heartbeat after which a rank counts as lost. Default: ${DEFAULT-VALUE}.",
            defaultValue = "60")
    private int heartbeatSeconds;

    @Option(
            names = "--max-restarts",
            paramLabel = "N",
            description = "How often to restart from the last checkpoint when a rank fails. One machine only."
                    + " Default: ${DEFAULT-VALUE}.",
            defaultValue = "0")
    private int restarts;

    @Option(
            names = "--log-dir",
            paramLabel = "DIR",
            description = "Folder of the other ranks' logs. Default: ${DEFAULT-VALUE}.",
            defaultValue = "rank-logs")
    private Path logs = Path.of("");

    @Parameters(
            paramLabel = "train RECIPE.yaml …",
            arity = "1..*",
            description = "What every rank runs: train, with its options.")
    private List<String> command = new ArrayList<>();

    @Override
    public Integer call() {
        OptionRange.checked("--nproc", ranks, 1, MAX);
        OptionRange.checked("--nnodes", machines, 1, MAX);
        OptionRange.checked("--node-rank", machine, 0, machines - 1);
        if (machines > 1 && (master.isEmpty() || restarts > 0)) {
            throw new UserException(
                    master.isEmpty()
                            ? "Several machines need --master HOST:PORT, the same on each."
                            : "--max-restarts works on one machine; on several, restarts are up to what starts this"
                                    + " command.");
        }
        if (!command.get(0).equals("train")) {
            throw new UserException("'" + command.get(0) + "' cannot be launched; train can.");
        }
        return StopSignal.during(commandLine(), this::launched);
    }

    private int launched(StopSignal signal) {
        var plan = plan();
        var out = commandLine().getErr();
        for (var attempt = 0; ; attempt++) {
            var end = run(plan, signal);
            if (signal.requested()) {
                return signal.exitCode();
            }
            if (end.rank().isEmpty()) {
                return 0;
            }
            var rank = end.rank().get();
            out.println("Rank " + rank + " of " + ranks * machines + " ended with exit code " + end.code()
                    + meaning(end.code()) + "; the others were ended."
                    + (rank == 0 ? "" : " Its log: " + logs.resolve("rank-" + rank + ".log")));
            out.flush();
            // a user's mistake is not retried
            if (attempt >= restarts || end.code() == CommandLine.ExitCode.USAGE) {
                return end.code() == CommandLine.ExitCode.USAGE ? CommandLine.ExitCode.USAGE : 1;
            }
            out.println("Restarting from the last checkpoint, " + (restarts - attempt - 1) + " more times at most.");
            out.flush();
            plan = plan.again(freePort(), resuming(plan.command()));
        }
    }

    private static String meaning(int code) {
        if (code == RankProcesses.RANK_LOST) {
            return " (it lost another rank and says which)";
        }
        return code > 128 ? " (signal " + (code - 128) + ")" : "";
    }

    private static RankProcesses.End run(LaunchPlan plan, StopSignal signal) {
        try (var processes = RankProcesses.start(plan)) {
            return processes.await(signal::requested);
        }
    }

    private static List<String> resuming(List<String> command) {
        var result = new ArrayList<>(command);
        if (!result.contains("--resume") && !result.contains(AUTO_RESUME)) {
            result.add(AUTO_RESUME);
        }
        return result;
    }

    private LaunchPlan plan() {
        var address = master.orElseGet(() -> "127.0.0.1:" + freePort());
        var colon = address.lastIndexOf(':');
        return new LaunchPlan(
                java(),
                ranks,
                machines,
                machine,
                colon < 0 ? address : address.substring(0, colon),
                port(address, colon),
                seconds("--timeout", timeoutSeconds),
                seconds("--heartbeat", heartbeatSeconds),
                logs,
                false);
    }

    private static Duration seconds(String option, int value) {
        return Duration.ofSeconds(OptionRange.checked(option, value, 1, RankEnvironment.MAX_TIMEOUT_SECONDS));
    }

    private static int port(String address, int colon) {
        try {
            var port = colon < 0 ? 0 : Integer.parseInt(address.substring(colon + 1));
            if (colon > 0 && port > 0 && port < 1 << 16) {
                return port;
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        throw new UserException("--master is '" + address + "', HOST:PORT was expected, as in node0:29500.");
    }

    /** The command line of this program with the launched command. */
    private List<String> java() {
        var result = new ArrayList<String>();
        result.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        result.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> !argument.startsWith("-agentlib") && !argument.startsWith("-javaagent"))
                .toList());
        result.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN_CLASS));
        result.addAll(command);
        if (common.quiet()) {
            result.add("--quiet");
        }
        return result;
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UserException("No free port: " + e.getMessage(), e);
        }
    }

    private CommandLine commandLine() {
        return java.util.Objects.requireNonNull(spec).commandLine();
    }
}
