package dev.tandem.spark;

import dev.tandem.UserException;
import dev.tandem.hub.HubAddress;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.spark.rank.RankPlan;
import dev.tandem.spark.report.ReportServer;
import dev.tandem.spark.ship.Shipment;
import dev.tandem.train.folder.RunDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.SparkSession;

/**
 * A run of a recipe by ranks on a Spark cluster, one in each task of a barrier stage.
 *
 * <pre>{@code
 * var recipe = RecipeReader.read(Path.of("recipe.yaml"), List.of());
 * var result = SparkTraining.of(recipe, 4).withMaxRestarts(3).run(session, System.out::println, () -> false);
 * }</pre>
 *
 * <p>Every rank is a process of its own beside its executor: one that is lost, or runs out of memory, leaves Spark
 * unharmed and is noticed by the others immediately, and libtorch sees Tandem's libraries, not Spark's.
 *
 * @param recipe what to train; its output folder must be one that all machines see under the same path
 * @param ranks number of processes that train together; that many task slots must be free simultaneously
 * @param resume whether to resume from the newest checkpoint of the recipe's output folder
 * @param maxRestarts how often to restart from the last checkpoint when ranks fail or are lost
 * @param timeout how long a rank waits for the others
 * @param ship files to ship to the executors: those that they do not see under the recipe's paths
 * @param javaOptions options of the ranks' JVMs
 * @param reportPort port of the driver that rank 0 reports to; 0: any free one
 * @param copy where the driver keeps a copy of the files that a board and a report read; absent: under the output
 *     folder's path, if it does not see that folder itself
 */
public record SparkTraining(
        Recipe recipe,
        int ranks,
        boolean resume,
        int maxRestarts,
        Duration timeout,
        Set<Shipment.Part> ship,
        List<String> javaOptions,
        int reportPort,
        Optional<Path> copy) {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(30);
    private static final int MAX_RANKS = 1024;

    /** @throws UserException if a number is out of its range */
    public SparkTraining {
        ship = Set.copyOf(ship);
        javaOptions = List.copyOf(javaOptions);
        if (ranks < 1 || ranks > MAX_RANKS) {
            throw new UserException(
                    "The number of ranks is " + ranks + ", but must be between 1 and " + MAX_RANKS + ".");
        }
        if (maxRestarts < 0) {
            throw new UserException("The number of restarts is " + maxRestarts + ", but must be 0 or more.");
        }
    }

    /** A new run without restarts, with a timeout of half an hour; executors see all files. */
    public static SparkTraining of(Recipe recipe, int ranks) {
        return new SparkTraining(recipe, ranks, false, 0, DEFAULT_TIMEOUT, Set.of(), List.of(), 0, Optional.empty());
    }

    /** This training, resumed from the newest checkpoint of the output folder. */
    public SparkTraining resumed() {
        return new SparkTraining(recipe, ranks, true, maxRestarts, timeout, ship, javaOptions, reportPort, copy);
    }

    /** This training with at most that many restarts. */
    public SparkTraining withMaxRestarts(int most) {
        return new SparkTraining(recipe, ranks, resume, most, timeout, ship, javaOptions, reportPort, copy);
    }

    /** This training with files shipped to the executors. */
    public SparkTraining shipping(Set<Shipment.Part> parts) {
        return new SparkTraining(recipe, ranks, resume, maxRestarts, timeout, parts, javaOptions, reportPort, copy);
    }

    /** This training with options of the ranks' JVMs, such as {@code -Xmx8g}. */
    public SparkTraining withJavaOptions(List<String> options) {
        return new SparkTraining(recipe, ranks, resume, maxRestarts, timeout, ship, options, reportPort, copy);
    }

    /** This training with a copy, in a folder of the driver's machine, of the files that a board and a report read. */
    public SparkTraining copying(Path folder) {
        return new SparkTraining(
                recipe, ranks, resume, maxRestarts, timeout, ship, javaOptions, reportPort, Optional.of(folder));
    }

    /**
     * Trains; returns when all ranks have ended.
     *
     * @param session of a cluster with as many task slots as ranks; barrier stages do not support dynamic allocation
     * @param lines receives the output of rank 0 and messages about the ranks
     * @param stopRequested queried several times a second; true ends the run after the current step, with a checkpoint
     * @return how it ended
     * @throws UserException if the recipe, the data, the model or the cluster is unusable
     * @throws TrainingFailedException if ranks failed more often than allowed
     * @throws java.util.concurrent.CancellationException if the job was cancelled in Spark, or the thread interrupted
     */
    public SparkTrainingResult run(SparkSession session, Consumer<String> lines, BooleanSupplier stopRequested) {
        var spark = session.sparkContext();
        var resolved = resolved(spark.conf().getInt("spark.task.cpus", 1));
        var directory = new RunDirectory(copy.orElse(resolved.output()));
        if (!resume) {
            directory.requireUnused();
        }
        try (var server = ReportServer.open(
                spark.conf().get("spark.driver.host", "localhost"),
                reportPort,
                directory.root(),
                copy.isPresent(),
                lines)) {
            var plan = new RankPlan(
                    RecipeReader.write(resolved),
                    resolved.output().toString(),
                    resume,
                    false,
                    timeout,
                    new Shipment(spark).send(resolved, ship),
                    javaOptions,
                    server.address());
            var attempts = new Attempts(spark, ranks, maxRestarts, server, lines);
            var end = attempts.run(plan, stopRequested);
            return new SparkTrainingResult(directory, end.stopped(), end.restarts());
        }
    }

    /** The recipe in a form that means the same on every machine. */
    private Recipe resolved(int threads) {
        UnaryOperator<Path> absolute = path ->
                HubAddress.of(path).isPresent() ? path : path.toAbsolutePath().normalize();
        var resolved = recipe.mapPaths(absolute)
                .withOutput(absolute.apply(recipe.output()))
                .withCache(recipe.cache().map(absolute));
        var overrides = new ArrayList<String>();
        if (resolved.train().threads().isEmpty()) {
            // the cores that Spark gives a task, not all of the machine's
            overrides.add("train.threads=" + threads);
        }
        return RecipeReader.parse(RecipeReader.write(resolved), overrides);
    }
}
