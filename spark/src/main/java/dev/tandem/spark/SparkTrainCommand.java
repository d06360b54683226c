package dev.tandem.spark;

import dev.tandem.cli.options.OptionRange;
import dev.tandem.cli.process.StopSignal;
import dev.tandem.distributed.RankEnvironment;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.spark.ship.Shipment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tandem-spark train}: trains a recipe with ranks on the cluster. */
@Command(
        name = "train",
        description = "Trains a model by a recipe with ranks on the cluster, each with a share of every batch.",
        footer = {
            "",
            "The recipe's output folder must be one that all executors see under the same path (NFS or the like). Ctrl-C"
                    + " stops after the current step and writes a checkpoint; --resume continues from it."
        })
final class SparkTrainCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "RECIPE.yaml", description = "What to train; see docs/recipe.md.")
    private Path recipeFile = Path.of("");

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Overrides a key of the recipe, as in --set train.steps=100. Repeatable.")
    private List<String> overrides = List.of();

    @Option(names = "--ranks", paramLabel = "N", required = true, description = "Ranks; each takes a task slot.")
    private int ranks;

    @Option(
            names = "--threads",
            paramLabel = "T",
            description = "Cores of a rank (spark.task.cpus and train.threads). Default: spark.task.cpus.")
    private OptionalInt threads = OptionalInt.empty();

    @Option(names = "--resume", description = "Resume from the newest checkpoint of the recipe's output folder.")
    private boolean resume;

    @Option(
            names = "--max-restarts",
            paramLabel = "K",
            description = "How often to restart from the last checkpoint when ranks fail or are lost. Default:"
                    + " ${DEFAULT-VALUE}.",
            defaultValue = "0")
    private int maxRestarts;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "How long a rank waits for the others. Default: ${DEFAULT-VALUE}.",
            defaultValue = "1800")
    private int timeoutSeconds;

    @Option(
            names = "--ship",
            paramLabel = "PART",
            split = ",",
            description = "Ship these to the executors, which do not see them under the recipe's paths:"
                    + " ${COMPLETION-CANDIDATES}.")
    private Set<Shipment.Part> ship = EnumSet.noneOf(Shipment.Part.class);

    @Option(
            names = "--java-opt",
            paramLabel = "OPTION",
            description = "Option of the ranks' JVMs, as in --java-opt=-Xmx8g. Repeatable.")
    private List<String> javaOptions = List.of();

    @Option(
            names = "--report-port",
            paramLabel = "PORT",
            description = "Port of this machine that rank 0 reports to. Default: any free one.",
            defaultValue = "0")
    private int reportPort;

    @Option(
            names = "--copy",
            paramLabel = "DIR",
            description = "Keep a copy of metrics, log and state here, for the board and the report. Default: under the"
                    + " output folder's path, if this machine does not see that folder.")
    private Optional<Path> copy = Optional.empty();

    @Override
    public Integer call() {
        OptionRange.checked("--timeout", timeoutSeconds, 1, RankEnvironment.MAX_TIMEOUT_SECONDS);
        OptionRange.checked("--report-port", reportPort, 0, (1 << 16) - 1);
        var settings = new ArrayList<>(overrides);
        threads.ifPresent(t -> settings.add("train.threads=" + t));
        var training = new SparkTraining(
                RecipeReader.read(recipeFile, settings),
                ranks,
                resume,
                maxRestarts,
                Duration.ofSeconds(timeoutSeconds),
                ship,
                javaOptions,
                reportPort,
                copy);
        return StopSignal.during(commandLine(), signal -> train(training, signal));
    }

    private int train(SparkTraining training, StopSignal signal) {
        var out = commandLine().getOut();
        var session = Sessions.start("Tandem: train " + recipeFile.getFileName(), defaults());
        try {
            var result = training.run(
                    session,
                    line -> {
                        out.println(line);
                        out.flush();
                    },
                    signal::requested);
            return result.stopped() ? signal.exitCode() : 0;
        } finally {
            session.stop();
        }
    }

    /** Spark checks for enough slots every 15 s, and by default waits a year for the partners of lost ranks. */
    private Map<String, String> defaults() {
        var result = new HashMap<String, String>();
        result.put("spark.scheduler.barrier.maxConcurrentTasksCheck.interval", "2s");
        result.put("spark.scheduler.barrier.maxConcurrentTasksCheck.maxFailures", "300");
        result.put("spark.barrier.sync.timeout", timeoutSeconds + "s");
        threads.ifPresent(t -> result.put("spark.task.cpus", String.valueOf(t)));
        return result;
    }

    private CommandLine commandLine() {
        return Objects.requireNonNull(spec).commandLine();
    }
}
