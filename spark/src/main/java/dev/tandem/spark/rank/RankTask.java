package dev.tandem.spark.rank;

import dev.tandem.UserException;
import dev.tandem.io.AtomicFiles;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.spark.report.ReportConnection;
import dev.tandem.spark.ship.ShippedFiles;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.BarrierTaskContext;
import org.slf4j.LoggerFactory;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractFunction1;

/**
 * A task of the barrier stage: starts its rank, monitors it, and returns how it ended. A rank's failure is a result of
 * the task, not a failure of the task: the driver decides whether to restart.
 */
public final class RankTask extends AbstractFunction1<Iterator<Integer>, Iterator<RankOutcome>>
        implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final Duration LOOK = Duration.ofMillis(200);

    /** Time to write a checkpoint after a request to stop. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final RankPlan plan;

    /** @param plan sent with the task */
    public RankTask(RankPlan plan) {
        this.plan = plan;
    }

    @Override
    public Iterator<RankOutcome> apply(Iterator<Integer> partition) {
        var context = BarrierTaskContext.get();
        var rendezvous = new Rendezvous(context, Path.of(plan.output()));
        return CollectionConverters.asScala(
                List.of(outcome(context, rendezvous)).iterator());
    }

    private RankOutcome outcome(BarrierTaskContext context, Rendezvous rendezvous) {
        try {
            return rendezvous.rank() == 0 ? first(context, rendezvous) : other(context, rendezvous);
        } catch (UserException e) {
            return new RankOutcome(
                    rendezvous.rank(), rendezvous.host(), RankOutcome.MISTAKE, "Error: " + e.getMessage());
        } catch (InterruptedException e) {
            throw new IllegalStateException("the task was interrupted", e);
        }
    }

    private RankOutcome first(BarrierTaskContext context, Rendezvous rendezvous) throws InterruptedException {
        var folder = new RunFolder(Path.of(plan.output()));
        try (var probe = folder.probe();
                var connection = ReportConnection.open(plan.report(), folder.path(), probe.file())) {
            var resume = plan.again() ? folder.goesOn() : plan.resume();
            var agreement = rendezvous.meet(probe.file(), resume, plan.timeout());
            probe.close();
            return run(context, rendezvous, agreement, Optional.of(connection));
        }
    }

    private RankOutcome other(BarrierTaskContext context, Rendezvous rendezvous) throws InterruptedException {
        return run(context, rendezvous, rendezvous.meet(Path.of(""), false, plan.timeout()), Optional.empty());
    }

    private RankOutcome run(
            BarrierTaskContext context,
            Rendezvous rendezvous,
            Optional<Rendezvous.Agreement> agreement,
            Optional<ReportConnection> connection)
            throws InterruptedException {
        if (agreement.isEmpty()) {
            return new RankOutcome(rendezvous.rank(), rendezvous.host(), RankOutcome.NOT_STARTED, "");
        }
        var work = workFolder();
        var recipe = recipe(work);
        var logger = LoggerFactory.getLogger("dev.tandem.spark.rank." + rendezvous.rank());
        Consumer<String> lines = line -> {
            // the rank's copy of the recipe is temporary, so its name is of no use
            var said = line.replace("tandem train " + recipe, "the same command and");
            logger.info(said);
            connection.ifPresent(c -> c.line(said));
        };
        try (var process = RankProcess.start(
                agreement.get().environment(), recipe, agreement.get().resume(), plan.javaOptions(), work, lines)) {
            watch(context, process, connection);
            return new RankOutcome(
                    rendezvous.rank(), rendezvous.host(), process.exitCode(), String.join("\n", process.lastLines()));
        } finally {
            AtomicFiles.deleteTree(work);
        }
    }

    private static void watch(BarrierTaskContext context, RankProcess process, Optional<ReportConnection> connection)
            throws InterruptedException {
        var asked = Long.MAX_VALUE;
        while (!process.await(LOOK)) {
            connection.ifPresent(ReportConnection::mirror);
            var wanted = context.isInterrupted()
                    || connection.filter(ReportConnection::stopRequested).isPresent();
            if (wanted && asked == Long.MAX_VALUE) {
                asked = System.nanoTime();
                process.stop();
            }
            if (asked != Long.MAX_VALUE && context.isInterrupted() && System.nanoTime() - asked > PATIENCE.toNanos()) {
                process.close();
            }
        }
        connection.ifPresent(ReportConnection::mirror);
    }

    /** The recipe with the paths of this machine's files. */
    private Path recipe(Path work) {
        var shipped = ShippedFiles.unpacked(plan.shipped());
        var recipe = RecipeReader.parse(plan.recipe(), List.of()).mapPaths(shipped::located);
        var file = work.resolve("recipe.yaml");
        AtomicFiles.write(file, RecipeReader.write(recipe));
        return file;
    }

    private static Path workFolder() {
        try {
            return Files.createTempDirectory("tandem-rank-");
        } catch (IOException e) {
            throw new UncheckedIOException("no temporary folder", e);
        }
    }
}
